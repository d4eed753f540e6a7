"""The command line: any problem in, an answer or a refusal out."""

from __future__ import annotations

import json

from click.testing import CliRunner

from marketplace.routing.commands import routing
from tests.marketplace.routing.samples import answer, problem


def run(*arguments, text=None):
    return CliRunner().invoke(routing, list(arguments), input=text)


def test_solve_prints_a_verified_answer_that_check_confirms(tmp_path):
    (tmp_path / "p.json").write_text(json.dumps(problem()))
    solved = run("solve", str(tmp_path / "p.json"))
    assert solved.exit_code == 0
    assert json.loads(solved.output)["total_minor"] == 15_320
    (tmp_path / "a.json").write_text(solved.output)
    assert run("check", str(tmp_path / "p.json"), str(tmp_path / "a.json")).output == "verified\n"


def test_solve_reads_standard_input():
    assert run("solve", "-", text=json.dumps(problem())).exit_code == 0


def test_a_refused_problem_exits_2_with_path_and_rule():
    data = problem()
    data["lines"][0]["quantity"] = 0
    refused = run("solve", "-", text=json.dumps(data))
    assert refused.exit_code == 2
    assert "$.lines[0].quantity: must be a whole number, at least 1" in refused.output


def test_not_a_number_and_keys_said_twice_are_no_problems():
    assert run("solve", "-", text='{"version": NaN}').exit_code == 2
    assert run("solve", "-", text='{"version": 1, "version": 1}').exit_code == 2
    assert run("solve", "/nowhere/at/all.json").exit_code == 2


def test_a_broken_answer_exits_1_and_says_why(tmp_path):
    (tmp_path / "p.json").write_text(json.dumps(problem()))
    (tmp_path / "a.json").write_text(json.dumps(answer() | {"total_minor": 1}))
    checked = run("check", str(tmp_path / "p.json"), str(tmp_path / "a.json"))
    assert checked.exit_code == 1
    assert "The total is not what the allocations cost." in checked.output


def test_bench_sets_the_solver_beside_its_rivals_and_draws_it(tmp_path):
    measured = run("bench", "--size", "1x20", "--kind", "mixed", "--problems", "3", "--seed", "7", "--chart", str(tmp_path / "chart.svg"))
    assert measured.exit_code == 0
    assert "| 1x20 mixed | 3 | +" in measured.output and "3 of 3" in measured.output
    assert "each line to its cheapest landed offer" in (tmp_path / "chart.svg").read_text()
