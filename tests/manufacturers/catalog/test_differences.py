from manufacturers.catalog import differences

LONG = "For switching of lamps, motors and small heaters, with coil and contacts isolated from one another up to "


def test_a_long_text_is_shown_from_where_it_differs():
    assert differences.apart(f"{LONG}230 V.", f"{LONG}400 V.") == ("…from one another up to 230 V.", "…from one another up to 400 V.")
    assert differences.apart(LONG, LONG[:-4]) == ("…isolated from one another up to ", "…isolated from one another up")
    assert differences.apart("Relay 12 V", "Relay 24 V") == ("Relay 12 V", "Relay 24 V")
    old, new = differences.apart("", "x" * 500)
    assert (old, len(new)) == ("", differences.ROOM)


def test_fields_are_called_by_their_labels_and_attributes_stand_one_by_one(app):
    old = {"name": "Relay", "gtin": None, "status": "active", "attributes": {"Volt": "12", "Coil": "AC"}, "mpn_key": "R1"}
    new = {"name": "Relay", "gtin": "1", "status": "retired", "attributes": {"Volt": "24", "Coil": "AC"}, "mpn_key": "R2"}
    with app.test_request_context():
        assert differences.between(old, new) == [("GTIN (EAN)", "", "1"), ("State", "active", "retired"), ("Volt", "12", "24")]


def test_blank_cells_of_a_row_say_nothing_and_a_retired_product_comes_back(app):
    live = {"name": "Relay", "unit": "C62", "status": "retired", "attributes": {}}
    with app.test_request_context():
        assert differences.staged(live, {"name": "", "unit": "C62", "attributes": {}}) == [("State", "retired", "active")]
