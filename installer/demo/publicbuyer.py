#!/usr/bin/env python3
"""The public's part of the demonstration, over HTTP as any client would do it.

A buyer holds one free seat of the first performance on sale, pays with a test card and fetches the ticket. A third
buyer then asks for that seat, for one that the desk has sold and for a free one: the server must refuse all three,
name exactly those that are sold, and leave the free one free. Prints what happened, writes it to OUT/public.json, and
exits 1 with a sentence when anything is not as it must be. Only Python's standard library.
"""

import argparse
import json
import os
import pathlib
import sys
import time
import urllib.error
import urllib.request
import uuid

ATTEMPTS_MAX = 5
ANSWER_SECONDS_MAX = 30


class DemoError(Exception):
    pass


def uuid7():
    """RFC 9562: 48 bits of milliseconds, version 7, the rest at random. Ids are made by the client (design D5)."""
    number = int(time.time() * 1000) << 80 | int.from_bytes(os.urandom(10), "big")
    number = number & ~(0xF << 76) | 0x7 << 76
    return str(uuid.UUID(int=number & ~(0x3 << 62) | 0x2 << 62))


class Visitor:
    """One anonymous buyer with a session of its own."""

    def __init__(self, url):
        self.url = url
        self.token = None
        self.token = self.write("POST", "/v1/sessions", {})["token"]

    def request(self, method, path, body=None, key=None):
        """Status and body. A repeat has the same Idempotency-Key, so it happens once whatever the network did."""
        headers = {"Accept": "application/json"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        if key:
            headers["Idempotency-Key"] = key
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        data = None if body is None else json.dumps(body).encode()
        for attempt in range(ATTEMPTS_MAX):
            request = urllib.request.Request(self.url + path, data=data, headers=headers, method=method)
            try:
                with urllib.request.urlopen(request, timeout=ANSWER_SECONDS_MAX) as answer:
                    return answer.status, answer.read()
            except urllib.error.HTTPError as error:
                content = error.read()
                if error.code not in (429, 503) or attempt + 1 == ATTEMPTS_MAX:
                    return error.code, content
                time.sleep(int(error.headers.get("Retry-After", "1")))
        raise DemoError(f"{method} {path} was not answered")

    def expect(self, method, path, body=None, key=None):
        status, content = self.request(method, path, body, key)
        if status >= 300:
            raise DemoError(f"{method} {path} answered {status}: {content.decode(errors='replace')[:500]}")
        return content

    def read(self, path):
        return json.loads(self.expect("GET", path))

    def write(self, method, path, body):
        return json.loads(self.expect(method, path, body, uuid7()))


def seats_of(layout):
    """Seats in document order, as the letters of a map are numbered."""
    return [seat for section in layout["sections"] for row in section.get("rows", []) for seat in row["seats"]]


def choose_performance(visitor):
    for performance in visitor.read("/v1/performances?limit=100")["performances"]:
        if performance["state"] == "on_sale" and performance["available"] > 0:
            return visitor.read(f"/v1/performances/{performance['id']}")
    raise DemoError("no performance is on sale")


def public_price_type(detail, category):
    zone = next(zone["id"] for zone in detail["zones"] if zone["category"] == category)
    public = [kind["id"] for kind in detail["types"] if kind["public"]]
    for price in detail["prices"]:
        if price["zone"] == zone and price["type"] in public:
            return price["type"]
    raise DemoError(f"{category} has no price for the public")


def buy(visitor, detail, layout, letters, out):
    """Hold, order, pay, fetch; returns the order and the number of its seat."""
    performance = detail["performance"]["id"]
    seats = seats_of(layout)
    if len(letters) != len(seats):
        raise DemoError(f"the map has {len(letters)} seats and the layout {len(seats)}")
    number = next((number for number, seat in enumerate(seats) if letters[number] == "a"
                   and not seat.get("accessibility") and not seat.get("restricted_view")), None)
    if number is None:
        raise DemoError("no ordinary seat is free")
    seat = seats[number]
    hold = visitor.write("POST", "/v1/holds", {"hold": uuid7(), "performance": performance, "seats": [seat["key"]]})
    print(f"    holds {hold['places'][0]['name']} for {hold['seconds_left']} s")
    price_type = public_price_type(detail, layout["categories"][seat["category"]]["name"])
    order = visitor.write("POST", "/v1/orders", {
        "order": uuid7(), "hold": hold["id"], "lines": [{"place": seat["key"], "price_type": price_type}],
        "buyer": {"name": "Ada Lovelace", "email": "ada@example.org"}})
    order = visitor.write("POST", f"/v1/orders/{order['id']}/payments", {"payment": uuid7(), "card_token": "pm_card_visa"})
    for _ in range(100):
        if order["state"] != "payment_pending":
            break
        time.sleep(0.1)
        order = visitor.read(f"/v1/orders/{order['id']}")
    if order["state"] != "confirmed":
        raise DemoError(f"the order {order['number']} is {order['state']} and not confirmed")
    pdf = visitor.expect("GET", f"/v1/orders/{order['id']}/tickets.pdf")
    if not pdf.startswith(b"%PDF-"):
        raise DemoError("the ticket is no PDF")
    (out / f"{order['number']}.pdf").write_bytes(pdf)
    return order, number


def be_refused(visitor, detail, layout, bought, order):
    """The third buyer; returns the problem that the server answered with, and the id of the hold that must not be."""
    performance = detail["performance"]["id"]
    seats = seats_of(layout)
    letters = visitor.read(f"/v1/performances/{performance}/map")["seats"]
    if letters[bought] != "s":
        raise DemoError("the map does not show the seat as sold")
    others = [number for number, letter in enumerate(letters) if letter == "s" and number != bought][:1]
    free = letters.index("a")
    wanted = [seats[number]["key"] for number in [bought, *others, free]]
    hold = uuid7()
    status, content = visitor.request(
        "POST", "/v1/holds", {"hold": hold, "performance": performance, "seats": wanted}, uuid7())
    problem = json.loads(content)
    if status != 409 or problem.get("code") != "seat_taken":
        raise DemoError(f"a sold seat was not refused: {status} {content.decode(errors='replace')[:500]}")
    named = {seat["key"]: seat["name"] for seat in problem["details"]["seats"]}
    if set(named) != set(wanted) - {seats[free]["key"]}:
        raise DemoError(f"{wanted} were asked for, of which the last is free, and {sorted(named)} were named as taken")
    name = order["lines"][0]["place_name"]
    if named[seats[bought]["key"]] != name or name not in problem["detail"]:
        raise DemoError(f"the refusal does not call the seat {name}: {problem['detail']}")
    if visitor.read(f"/v1/performances/{performance}/map")["seats"][free] != "a":
        raise DemoError("the refused hold has kept the free seat")
    return problem, hold


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--url", required=True, help="address of the shop")
    parser.add_argument("--out", required=True, type=pathlib.Path, help="folder for the ticket and public.json")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    url = options.url.rstrip("/")

    buyer = Visitor(url)
    detail = choose_performance(buyer)
    layout = buyer.read(f"/v1/layouts/{detail['layout']}")
    letters = buyer.read(f"/v1/performances/{detail['performance']['id']}/map")["seats"]
    order, seat = buy(buyer, detail, layout, letters, options.out)
    pence = order["total"]["amount"]  # The demonstration's house is in London.
    total = f"£{pence // 100}.{pence % 100:02d}"
    print(f"    order {order['number']}: {order['lines'][0]['place_name']}, {total} by card, "
          f"ticket {options.out / order['number']}.pdf")
    problem, hold = be_refused(Visitor(url), detail, layout, seat, order)
    print(f"    the third buyer is refused: {problem['detail']}")
    (options.out / "public.json").write_text(
        json.dumps({"order": order, "refusal": problem, "refused_hold": hold}, indent=2) + "\n")


if __name__ == "__main__":
    try:
        main()
    except (DemoError, OSError, KeyError, StopIteration, ValueError) as error:
        kind = "" if isinstance(error, DemoError) else f"{type(error).__name__}: "
        sys.exit(f"publicbuyer: {kind}{error}")
