import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from marketplace.catalog.models import Variant
from marketplace.channel import assortment
from marketplace.channel.assortment import Audience, Rule
from marketplace.core.errors import Invalid, NotFound
from marketplace.identity import buying


@pytest.fixture
def world(market):
    reseller = market.reseller()
    return market.storefront(reseller), market.buyer(reseller, customer_group="schools"), market.actor(reseller)


def seen(session, storefront, buyer=None):
    return set(session.scalars(select(Variant.id).where(assortment.visible(buying.context(storefront, buyer)))))


def test_without_rules_everything_is_seen_and_a_deny_hides_a_brand(market, world, session):
    storefront, _, actor = world
    maker = market.manufacturer()
    kept, denied = market.variant(market.brand(maker)), market.variant(market.brand(maker))
    assert seen(session, storefront) == {kept.id, denied.id}
    assortment.set_rules(actor, storefront.id, [Rule("deny", brand_id=denied.brand_id)])
    assert seen(session, storefront) == {kept.id}


def test_a_category_rule_holds_for_what_is_below_it_and_for_no_namesake(market, world, session):
    storefront, _, actor = world
    brand, tools = market.brand(market.manufacturer()), market.category("Tools")
    below = market.variant(brand, category=market.category("Saws", tools))
    market.variant(brand, category=market.category("Tools for all"))
    market.variant(brand)
    assortment.set_rules(actor, storefront.id, [Rule("allow", category_id=tools.id)])
    assert seen(session, storefront) == {below.id}


def test_group_and_customer_narrow_the_storefront_and_deny_wins(market, world, session):
    storefront, buyer, actor = world
    maker = market.manufacturer()
    one, two, three = (market.variant(market.brand(maker)) for _ in range(3))
    assortment.set_rules(actor, storefront.id, [Rule("allow", brand_id=v.brand_id) for v in (one, two)])
    assortment.set_rules(actor, storefront.id, [Rule("allow", brand_id=v.brand_id) for v in (two, three)],
                         Audience(customer_group="schools"))
    assert seen(session, storefront) == {one.id, two.id}
    assert seen(session, storefront, buyer) == {two.id}
    assortment.set_rules(actor, storefront.id, [Rule("deny", brand_id=two.brand_id)], Audience(organization_id=buyer.id))
    assert seen(session, storefront, buyer) == set()
    assert seen(session, storefront) == {one.id, two.id}


def test_rules_are_for_the_own_storefront_and_name_something_real(market, world):
    storefront, _, actor = world
    with pytest.raises(NotFound):
        assortment.set_rules(market.actor(market.reseller()), storefront.id, [])
    with pytest.raises(NotFound):
        assortment.set_rules(actor, storefront.id, [Rule("deny", brand_id="brd_unknown")])
    with pytest.raises(Invalid):
        assortment.set_rules(actor, storefront.id, [Rule("deny")])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_what_is_seen_of_what_is_at_hand_is_what_the_database_shows(market, world, session, data):
    if not hasattr(market, "goods"):
        maker, tools = market.manufacturer(), market.category("Tools")
        market.places = brands, categories = [market.brand(maker) for _ in range(2)], [tools, market.category("Saws", tools), market.category("Glue")]
        market.goods = [market.variant(brand, category=category) for brand in brands for category in (*categories, None)]
    (storefront, buyer, actor), (brands, categories) = world, market.places
    rules = st.lists(st.builds(Rule, st.sampled_from(["allow", "deny"]), st.sampled_from([brand.id for brand in brands]))
                     | st.builds(Rule, st.sampled_from(["allow", "deny"]), st.none(), st.sampled_from([one.id for one in categories]))
                     | st.builds(Rule, st.just("deny"), st.just(brands[0].id), st.just(categories[0].id)), max_size=3)
    for audience in (Audience(), Audience(customer_group="schools"), Audience(organization_id=buyer.id)):
        assortment.set_rules(actor, storefront.id, data.draw(rules), audience)
    levels = assortment.levels(buying.context(storefront, buyer))
    assert {one.id for one in market.goods if assortment.sees(levels, one.brand_id, one.category_id)} == seen(session, storefront, buyer)
