#!/usr/bin/env python3
"""Draws globe.pretix.json and globe.annotations.json beside this file.

The house is a polygon of 20 bays round a yard. A bay is 18 degrees; bay 0 faces the stage and bays count to both
sides. Each bay holds one straight bench a row, so a row of a gallery is many row objects with one label: the gap
between two bays is the aisle. Angles are from straight down, anticlockwise on the page; units are pixels, 25 a seat.
Running it twice gives the same bytes.
"""
import json
import math
import pathlib
import uuid

CENTRE = 900
PITCH = 25
AISLE = 30
BAY = math.radians(18)
ROW_STEP = 28
RINGS = [("Lower Gallery", "LG", 480), ("Middle Gallery", "MG", 610), ("Upper Gallery", "UG", 740)]
SEATS = 857
STANDING = 700
COLORS = {
    "Lower Gallery A": "#A63D40",
    "Lower Gallery B": "#D9795D",
    "Middle Gallery A": "#1F5A7A",
    "Middle Gallery B": "#5B9BB8",
    "Upper Gallery": "#6B8F5E",
    "Gentlemen's Rooms": "#7A4E8A",
    "Yard (standing)": "#C9A24B",
}
WALL, BAND, WOOD, LINE, INK = "#F3EEE4", "#E8DFCE", "#C8A877", "#A08A66", "#4A3F30"


def uid(name):
    return str(uuid.uuid5(uuid.NAMESPACE_URL, "https://parterre.invalid/globe/" + name))


def num(value):
    value = round(value, 2)
    return int(value) if value == int(value) else value


def pos(point):
    return {"x": num(point[0]), "y": num(point[1])}


def polar(radius, angle):
    return radius * math.sin(angle), radius * math.cos(angle)


def on_bay(bay, radius, along):
    """A point of a bay: `radius` from the centre to the bench, `along` it to the right as seen on the page."""
    angle = bay * BAY
    x, y = polar(radius, angle)
    return x + along * math.cos(angle), y - along * math.sin(angle)


def corner(radius, half_bays):
    """A corner of the 20-sided polygon whose sides are `radius` away from the centre."""
    return polar(radius / math.cos(BAY / 2), half_bays * BAY / 2)


def text(name, words, at, size=18, color=INK):
    return {"shape": "text", "uuid": uid("text/" + name), "position": pos(at), "rotation": 0,
            "text": {"text": words, "position": {"x": 0, "y": 0}, "size": size, "color": color}}


def polygon(name, points, color, border=LINE):
    return {"shape": "polygon", "uuid": uid("shape/" + name), "position": {"x": 0, "y": 0}, "rotation": 0,
            "color": color, "border_color": border, "polygon": {"points": [pos(p) for p in points]}}


def band(name, inner, outer, first, last, color=BAND):
    """The floor of a gallery from bay `first` to bay `last`."""
    corners = range(2 * first - 1, 2 * last + 2, 2)
    points = [corner(outer, c) for c in corners] + [corner(inner, c) for c in reversed(corners)]
    return polygon(name, points, color)


def zone(name, rows, areas):
    return {"name": name, "zone_id": name.replace(" ", ""), "uuid": uid("zone/" + name),
            "position": {"x": CENTRE, "y": CENTRE}, "rows": rows, "areas": areas}


def row(prefix, label, piece, places, first_number, category, shown=None):
    start = places[0]
    seats = []
    for i, place in enumerate(places):
        number = str(first_number + i)
        guid = f"{prefix}-{label}-{number}"
        seats.append({"seat_guid": guid, "uuid": uid("seat/" + guid), "seat_number": number, "radius": 10,
                      "position": pos((place[0] - start[0], place[1] - start[1])), "category": category})
    return {"row_number": label, "row_number_position": shown, "uuid": uid(f"row/{prefix}/{label}/{piece}"),
            "position": pos(start), "seats": seats}


def category_of(gallery, index, bay):
    if gallery == "Upper Gallery":
        return gallery
    best = abs(bay) <= 3 and index < 2
    return f"{gallery} {'A' if best else 'B'}"


def bench(gallery, index, bay, radius):
    """How many seats stand on one bench of a bay."""
    count = int((2 * radius * math.tan(BAY / 2) - AISLE) // PITCH) + 1
    if gallery == "Lower Gallery" and bay == 0:
        return 0  # The doors to the yard.
    if gallery == "Upper Gallery" and index == 2 and abs(bay) == 6:
        return count - 4  # The stairs come up here.
    return count


def draw_gallery(gallery, prefix, inner, notes):
    rows = []
    for index, label in enumerate("ABC"):
        radius = inner + index * ROW_STEP
        number = 1
        for bay in range(-6, 7):
            count = bench(gallery, index, bay, radius)
            if count == 0:
                continue
            places = [on_bay(bay, radius, (i - (count - 1) / 2) * PITCH) for i in range(count)]
            shown = {-6: "start", 6: "end"}.get(bay)
            piece = row(prefix, label, bay + 6, places, number, category_of(gallery, index, bay), shown)
            number += count
            rows.append(piece)
            keys = [seat["seat_guid"] for seat in piece["seats"]]
            if index > 0:  # The posts stand at the corners of the bays, before the second and third bench.
                notes["posts"] += [keys[0], keys[-1]]
            if abs(bay) == 6 and index == 0:
                notes["side"] += keys
            if gallery == "Lower Gallery" and index == 0 and abs(bay) in (1, 2):
                first, second = (keys[-1], keys[-2]) if bay < 0 else (keys[0], keys[1])
                notes["wheelchair"].append((first, second))
    areas = [band(gallery, inner - 20, inner + 96, -6, 6),
             text(gallery, gallery.upper(), (0, inner + 80), 20)]
    if gallery == "Lower Gallery":
        areas.append(text("doors", "Doors to the Yard", (0, inner + 26), 16))
    return zone(gallery, rows, areas)


def draw_rooms():
    """Two boxes on each side of the stage, on the level of the middle gallery; each has two rows of three."""
    rows, areas = [], []
    for side, bay in (("Left", -7), ("Right", 7)):
        areas.append(band(f"rooms {side}", 590, 706, bay, bay, "#E6DBEA"))
        for room, middle in enumerate((-48, 48)):
            for index, label in enumerate("AB"):
                places = [on_bay(bay, 624 + index * 32, middle + (i - 1) * PITCH) for i in range(3)]
                rows.append(row(f"GR-{side}{room + 1}", f"{side} {room + 1} {label}", index, places, 1,
                                "Gentlemen's Rooms"))
        x, y = on_bay(bay, 790, 0)
        areas.append(text(f"rooms {side}", "Gentlemen's Rooms", (x, y), 16))
    return zone("Gentlemen's Rooms", rows, areas)


def rectangle(name, left, top, width, height, color, words=None):
    area = {"shape": "rectangle", "uuid": uid("shape/" + name), "position": pos((left, top)), "rotation": 0,
            "color": color, "border_color": LINE, "rectangle": {"width": width, "height": height}}
    if words:
        area["text"] = {"text": words, "position": {"x": width / 2, "y": height / 2}, "size": 30, "color": INK}
    return area


def circle(name, at, radius, color):
    return {"shape": "circle", "uuid": uid("shape/" + name), "position": pos(at), "rotation": 0, "color": color,
            "border_color": INK, "circle": {"radius": radius}}


def main():
    here = pathlib.Path(__file__).resolve().parent
    notes = {"posts": [], "side": [], "wheelchair": []}
    galleries = [draw_gallery(*ring, notes) for ring in RINGS]
    face = corner(440, 15)[1]  # The front wall of the tiring house.
    stage = rectangle("stage", -240, face, 480, 280, WOOD, "STAGE")
    tiring = ([corner(850, c) for c in range(15, 26, 2)] + [corner(440, 25), corner(440, 15)])
    yard = [corner(440, c) for c in range(-15, 16, 2)] + [(240, face), (240, face + 280), (-240, face + 280), (-240, face)]
    house = zone("House", [], [polygon("wall", [corner(850, c) for c in range(-19, 20, 2)], WALL),
                               polygon("tiring house", tiring, "#D9C7A5"),
                               text("tiring house", "TIRING HOUSE", (0, -600), 26)])
    ground = zone("The Yard", [], [polygon("yard", yard, "#F6E9C8"),
                                   text("yard", "THE YARD", (0, 190), 34),
                                   text("yard standing", f"{STANDING} standing", (0, 230), 20), stage,
                                   circle("pillar left", (-155, face + 190), 14, WALL),
                                   circle("pillar right", (155, face + 190), 14, WALL)])
    plan = {"name": "Shakespeare's Globe", "categories": [{"name": n, "color": c} for n, c in COLORS.items()],
            "zones": [house, ground] + galleries + [draw_rooms()], "size": {"width": 2 * CENTRE, "height": 2 * CENTRE}}
    seats = [s for z in plan["zones"] for r in z["rows"] for s in r["seats"]]
    assert len(seats) == SEATS, f"{len(seats)} seats were drawn; the house has {SEATS}"
    behind_post = [k for k in notes["posts"] if k not in notes["side"]]
    annotations = {
        "focal_point": pos((CENTRE, CENTRE + face + 190)),
        "stage": uid("shape/stage"),
        "floors": [{"name": "Yard and Lower Gallery", "sections": ["House", "The Yard", "Lower Gallery"]},
                   {"name": "Middle Gallery", "sections": ["Middle Gallery", "Gentlemen's Rooms"]},
                   {"name": "Upper Gallery", "sections": ["Upper Gallery"]}],
        "accessibility": [{"keys": [w for w, _ in notes["wheelchair"]], "kind": "wheelchair"}],
        "companions": [{"key": c, "of": w} for w, c in notes["wheelchair"]],
        "restricted_view": [{"keys": behind_post, "note": "A gallery post stands in part of the view."},
                            {"keys": notes["side"], "note": "Side view: a stage pillar hides part of the stage."}],
        "standing_areas": [{"key": "YARD", "name": "The Yard (standing)", "section": "The Yard",
                            "category": "Yard (standing)", "capacity": STANDING, "shape_uuid": uid("shape/yard")}],
    }
    for name, content in (("globe.pretix.json", plan), ("globe.annotations.json", annotations)):
        (here / name).write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
