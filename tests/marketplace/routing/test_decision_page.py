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
    operator = client(world.market.user(world.market.operator()))
    page = operator.get(f"/operator/decisions/{id_}")
    text = page.get_data(as_text=True)
    assert page.status_code == 200
    assert world.variant.name in text and "Near serves 2 at €10.00. This is the lowest of 2 sellers&#39; prices." in text
    assert 'Choosing it would cost €6.00 more. <span class="nowrap">Freight +\N{WORD JOINER}€6.00</span>' in text
    assert "Gone: there is no stock." in text
    again = operator.get(f"/operator/decisions/{id_}?replay=1").get_data(as_text=True)
    assert "Solve it again now" in text and "the same total, proven best, and the verifier confirms it" in again
    assert client(world.market.user(loser)).get(f"/operator/decisions/{id_}").status_code == 404
    spanish = operator.get(f"/operator/decisions/{id_}?lang=es", follow_redirects=True).get_data(as_text=True)
    assert "Near sirve 2 a 10,00\xa0€. Es el precio más bajo de 2 vendedores." in spanish
    assert 'Elegirlo costaría 6,00\xa0€ más. <span class="nowrap">Portes +\N{WORD JOINER}6,00\xa0€</span>' in spanish and "Gone: no hay existencias." in spanish
