"""The operator reads why each line went where; nobody else can."""

from __future__ import annotations

from marketplace.routing import service


def test_the_operator_reads_winner_regret_and_exclusions_and_a_seller_finds_nothing(world, client):
    winner, loser = world.market.seller("Near", freight_minor=300), world.market.seller("Far", freight_minor=900)
    world.market.offer(winner, world.variant, 1000)
    world.market.offer(loser, world.variant, 1000)
    world.market.offer(world.market.seller("Gone"), world.variant, 500, stock=0)
    plan = service.plan(world.context, [("l1", world.variant.id, 2)])
    id_ = service.record("ord_1", plan, 0, "order placed")
    page = client(world.market.user(world.market.operator())).get(f"/operator/decisions/{id_}")
    text = page.get_data(as_text=True)
    assert page.status_code == 200
    assert world.variant.name in text and "Near serves 2 at 10.00 EUR" in text
    assert "Choosing it would cost 6.00 EUR more (freight +6.00 EUR)." in text
    assert "Gone: There is no stock." in text
    assert "the same answer, and the verifier confirms it" in text
    assert client(world.market.user(loser)).get(f"/operator/decisions/{id_}").status_code == 404
