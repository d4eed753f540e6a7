"""A setting that cannot be read is named, before anything is served."""

from __future__ import annotations

import dataclasses

import pytest

from marketplace.core import config


@pytest.mark.parametrize(("name", "value"), [
    ("HOLD_DAYS", "a week"), ("ACCEPT_HOURS", "-1"), ("TRUSTED_PROXIES", "1.5"), ("METRICS_PORT", ""), ("COUNTS_SECONDS", "nan"),
])
def test_a_number_that_is_none_is_refused_by_the_settings_name(monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    with pytest.raises(RuntimeError, match=f"{name} is {value!r}"):
        config.from_environment()


def test_half_a_second_is_a_number(monkeypatch):
    monkeypatch.setenv("COUNTS_SECONDS", "0.5")
    assert config.from_environment().counts_seconds == 0.5


@pytest.mark.parametrize("url", ["nonsense", "mysql://role:secret@host/market"])
def test_an_address_of_no_database_is_refused_and_not_repeated(url):
    settings = dataclasses.replace(config.from_environment(), database_url=url)
    with pytest.raises(RuntimeError, match="DATABASE_URL is no address") as refused:
        config.check(settings)
    assert "secret" not in str(refused.value)
