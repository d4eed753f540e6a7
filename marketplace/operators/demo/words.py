"""The words the demo market is made of: makers, families of products with their sizes and prices, towns, people."""

from __future__ import annotations

MAKERS = (
    ("Hellbronn", "DE"), ("Lumetra", "AT"), ("Kaldervik", "SE"), ("Ferrosoma", "IT"), ("Tavira Motion", "PT"),
    ("Aurelle", "FR"), ("Nordlys Electric", "DK"), ("Brackwater Tools", "IE"), ("Cormena", "ES"),
    ("Ostravit", "CZ"), ("Vantorre", "BE"), ("Dwelling & Pike", "NL"),
)

# family: (category path, price range in cents, {attribute: values})
FAMILIES: dict[str, tuple[str, tuple[int, int], dict[str, tuple[str, ...]]]] = {
    "Terminal block": ("Electrical / Connection / Terminal blocks", (60, 900), {
        "Poles": ("1", "2", "3", "4", "6", "12"), "Section": ("1.5 mm²", "2.5 mm²", "4 mm²", "6 mm²", "10 mm²", "16 mm²"),
        "Colour": ("grey", "blue", "green-yellow", "orange")}),
    "Circuit breaker": ("Electrical / Protection / Circuit breakers", (700, 9500), {
        "Poles": ("1", "1+N", "2", "3", "4"), "Rated current": ("6 A", "10 A", "16 A", "20 A", "25 A", "32 A", "63 A"),
        "Characteristic": ("B", "C", "D")}),
    "Control cable": ("Electrical / Cable / Control cable", (4500, 98000), {
        "Cores": ("2", "3", "4", "5", "7", "12", "25"), "Section": ("0.5 mm²", "0.75 mm²", "1 mm²", "1.5 mm²", "2.5 mm²"),
        "Length": ("50 m", "100 m", "500 m")}),
    "Push button": ("Electrical / Control / Push buttons", (450, 4200), {
        "Colour": ("red", "green", "black", "white", "yellow", "blue"), "Contacts": ("1 NO", "1 NC", "1 NO + 1 NC"),
        "Protection": ("IP65", "IP67", "IP69K")}),
    "Inductive sensor": ("Automation / Sensors / Inductive sensors", (1900, 14500), {
        "Thread": ("M8", "M12", "M18", "M30"), "Sensing range": ("2 mm", "4 mm", "8 mm", "15 mm"),
        "Output": ("PNP NO", "PNP NC", "NPN NO", "IO-Link")}),
    "Frequency inverter": ("Automation / Drives / Frequency inverters", (18000, 240000), {
        "Power": ("0.37 kW", "0.75 kW", "1.5 kW", "4 kW", "7.5 kW", "15 kW"), "Supply": ("230 V", "400 V"),
        "Fieldbus": ("none", "Modbus", "PROFINET", "EtherCAT")}),
    "Geared motor": ("Automation / Drives / Geared motors", (14000, 180000), {
        "Power": ("0.12 kW", "0.25 kW", "0.55 kW", "1.1 kW", "2.2 kW"), "Speed": ("23 /min", "56 /min", "112 /min", "280 /min"),
        "Mounting": ("foot", "flange")}),
    "Ball valve": ("Fluid / Valves / Ball valves", (900, 26000), {
        "Size": ("DN 10", "DN 15", "DN 20", "DN 25", "DN 40", "DN 50"), "Material": ("brass", "stainless steel", "PVC-U"),
        "Connection": ("thread", "flange", "press")}),
    "Hex bolt": ("Fasteners / Bolts / Hex bolts", (120, 5200), {
        "Thread": ("M5", "M6", "M8", "M10", "M12", "M16"), "Length": ("16 mm", "25 mm", "40 mm", "60 mm", "100 mm"),
        "Strength": ("8.8", "10.9", "A2-70", "A4-80")}),
    "LED high-bay light": ("Lighting / Industrial / High-bay lights", (6900, 52000), {
        "Power": ("50 W", "100 W", "150 W", "200 W"), "Colour temperature": ("3000 K", "4000 K", "5000 K"),
        "Beam": ("60°", "90°", "120°"), "Control": ("on/off", "DALI")}),
    "Torque screwdriver": ("Tools / Hand tools / Torque tools", (3900, 29000), {
        "Range": ("0.1-1 Nm", "0.5-2 Nm", "1-5 Nm", "2-8 Nm"), "Scale": ("dial", "digital"), "Drive": ('1/4"', '3/8"')}),
    "Wall enclosure": ("Enclosures / Wall mounting / Steel enclosures", (3900, 68000), {
        "Width": ("200 mm", "300 mm", "400 mm", "600 mm"), "Height": ("300 mm", "400 mm", "600 mm", "800 mm"),
        "Depth": ("120 mm", "155 mm", "210 mm"), "Protection": ("IP55", "IP66")}),
}

# family: what a maker's catalog says of it, after the name
DESCRIPTIONS = {
    "Terminal block": "Spring connection for rigid and stranded conductors, snaps onto a 35 mm rail, marked on both sides.",
    "Circuit breaker": "Protects cables and devices against overload and short circuit, 6 kA, with a position indicator.",
    "Control cable": "PVC sheath, numbered cores, flame retardant, for fixed routing and occasional movement.",
    "Push button": "For a 22 mm hole, with a front ring of metal and contacts that clip on without tools.",
    "Inductive sensor": "Nickel-plated brass, flush mountable, with a display seen from four sides.",
    "Frequency inverter": "For pumps, fans and conveyors, with a built-in filter and a keypad that copies settings.",
    "Geared motor": "Helical gears, oil-filled for life, efficiency class IE3, with a thermistor in the winding.",
    "Ball valve": "Full bore, blow-out proof stem, for water, oil and compressed air.",
    "Hex bolt": "Fully threaded, packed by a hundred, with a certificate of the batch.",
    "LED high-bay light": "Dust and jet-water proof, 140 lm/W, for halls of six to fourteen metres.",
    "Torque screwdriver": "Releases at the set torque, calibrated, with a certificate and a case.",
    "Wall enclosure": "Sheet steel, powder-coated RAL 7035, with a mounting plate and a door hinged left or right.",
}

SERIES = ("Alto", "Brio", "Cora", "Delta", "Evo", "Flex", "Gamma", "Halo", "Iris", "Kilo", "Linea", "Modus", "Nova", "Onyx")

SELLER_WORDS = ("Nordkabel", "Rhein", "Danube", "Iberia", "Alpen", "Baltic", "Gotland", "Lagune", "Meridian", "Atlas",
                "Polder", "Vistula", "Garonne", "Tejo", "Elbe", "Adria", "Fjord", "Sierra", "Moldau", "Saone")
SELLER_KINDS = ("Supply", "Wholesale")
SELLER_COUNTRIES = ("DE", "DE", "DE", "NL", "FR", "ES", "IT", "AT", "PL", "SE")

RESELLERS = (
    ("Brightline", "DE", "#0a5f9e", "Everything for the control cabinet"),
    ("Maison Pro", "FR", "#7a2e6d", "Le comptoir des ateliers"),
    ("Talleres Sol", "ES", "#9a4200", "Suministro industrial cercano"),
    ("Polder Parts", "NL", "#0b6b4f", "Spare parts, before they are missed"),
    ("Alpenwerk", "AT", "#3b3f8f", "Technik für Werkstatt und Anlage"),
)

BUYER_WORDS = ("Ackermann", "Bellini", "Castro", "Dumont", "Eriksen", "Fontaine", "Grimaldi", "Hofer", "Ibarra", "Jansen",
               "Keller", "Lindqvist", "Moreau", "Novak", "Oliveira", "Peeters", "Quintana", "Richter", "Santos", "Thielen",
               "Urban", "Visser", "Weber", "Xandri", "Yilmaz", "Zeman", "Aalto", "Brandt", "Conti", "Duarte")
BUYER_KINDS = ("Maschinenbau", "Automation", "Facility Services", "Installations", "Packaging", "Dairy")

GIVEN = ("Anna", "Luca", "Ingrid", "Mateo", "Claire", "Jonas", "Marta", "Henrik", "Sofia", "Emil", "Nadia", "Pieter", "Elena", "Tomas", "Julie",
         "Viktor", "Lena", "Oskar", "Irene", "Daniel", "Katrin", "Bruno", "Hanna", "Rafael", "Maud", "Stefan", "Greta", "Paulo", "Nora", "Filip",
         "Teresa", "Anton", "Silvia", "Marek", "Eva", "Hugo", "Carla")
FAMILY = ("Albrecht", "Bianchi", "Carvalho", "Duval", "Engel", "Ferreira", "Gruber", "Holm", "Iversen", "Jansson", "Kowalski", "Lefevre", "Molina",
          "Nilsen", "Ortega", "Pavlik", "Quint", "Rossi", "Schreiber", "Tavares", "Ulrich", "Vermeer", "Wagner", "Zanetti", "Bauer", "Costa",
          "de Boer", "Ekman", "Fabre", "Garcia", "Hansen")

TOWNS = {
    "DE": ("Hamburg", "20095"), "FR": ("Lyon", "69002"), "ES": ("Valencia", "46002"), "NL": ("Utrecht", "3511 LN"),
    "AT": ("Linz", "4020"), "IT": ("Brescia", "25121"), "PL": ("Gliwice", "44-100"), "SE": ("Göteborg", "411 03"),
}
