"""The judge of pages catches what it is for."""

from tests.browser.walk import violations


def test_a_picture_without_words_and_pale_text_are_found(open_window):
    page = open_window()
    page.set_content("<html lang=en><title>x</title><main><h1>x</h1><img src='data:,'><p style='color:#ccc;background:#fff'>pale</p></main>")
    assert {"image-alt", "color-contrast"} <= {rule for rule, _ in violations(page)}
    page.set_content("<html lang=en><title>x</title><main><h1>x</h1><p>plain</p></main>")
    assert violations(page) == []
