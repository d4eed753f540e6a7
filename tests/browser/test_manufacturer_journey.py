"""A manufacturer in a real browser: a file from upload to live products, a seller authorized, the channel watched."""

from marketplace.core import jobs, tenancy
from tests.browser.walk import sign_in, sound
from tests.factories import Market

ROWS = "MPN;Brand;Name;EAN;Volt\n" + "".join(f"V-{n};Volta;Relay number {n};{'123' if n == 9 else ''};24\n" for n in range(1, 21))


def test_a_manufacturer_brings_its_catalog_authorizes_a_seller_and_looks_at_its_channel(address, window, committed):
    page = window
    market = Market()
    maker, seller = market.manufacturer("Volta Works"), market.seller("Nordkabel")
    user = market.user(maker)
    email, seller_id = user.email, seller.id
    committed.commit()
    sign_in(page, address, email)
    page.get_by_role("heading", name="The channel at a glance").wait_for()

    page.goto(address + "/manufacturer/catalog/imports")
    page.set_input_files("[name=file]", {"name": "volta.csv", "mimeType": "text/csv", "buffer": ROWS.encode()})
    page.get_by_role("button", name="Upload").click()
    page.get_by_role("heading", name="Which column is what?").wait_for()
    page.check("[name=attributes][value=Volt]")
    sound(page, "maker-mapping")
    page.get_by_role("button", name="Read the file").click()
    page.get_by_text("being read and compared").wait_for()
    jobs.drain_all()
    page.reload()
    page.get_by_role("link", name="Refused (1)").click()
    page.get_by_text("BAD_GTIN").wait_for()
    sound(page, "maker-refused")
    page.get_by_role("button", name="Approve: 19 new, 0 changed").click()
    page.get_by_text("Approved.").wait_for()
    jobs.drain_all()
    page.reload()
    page.get_by_text("19 rows are live.").wait_for()

    page.goto(address + "/manufacturer/catalog/?q=number+1")
    page.get_by_role("link", name="Relay number 1", exact=True).click()
    page.get_by_role("cell", name="24", exact=True).wait_for()

    page.goto(address + "/manufacturer/sellers/new")
    page.select_option("[name=seller_id]", seller_id)
    page.fill("[name=countries]", "DE AT")
    page.get_by_role("button", name="Authorize").click()
    page.get_by_text("The seller may sell the brand now.").wait_for()
    sound(page, "maker-authorized")

    for path in ("", "channel", "stock", "listings"):
        page.goto(f"{address}/manufacturer/{path}")
        assert page.locator("h1").is_visible()
        sound(page, f"maker-{path or 'home'}")
    assert page.problems == []
    tenancy.act_for([tenancy.MARKET])
