#!/usr/bin/env python3
"""Judges the demonstration's sales from outside: asks PostgreSQL itself through psql, reads the QR codes on the ticket
PDFs with zbar, and compares both with what desk and public buyer were told.

    checkdatabase.py --socket DATA/postgres/run --url URL --desk ORDER --public public.json --tickets FOLDER

Prints one line a fact. Exits 0 only when every fact holds.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile
import time
import urllib.request

RESOLUTION = 200  # Dots per inch; a QR code of a ticket is read from 120 on.


class Judge:
    def __init__(self, socket):
        self.socket = socket
        self.failed = 0

    def rows(self, sql):
        """The rows as dictionaries. The SQL is ours; values from outside are quoted by literal()."""
        command = ["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", self.socket, "-p", "5432", "-U", "parterre",
                   "-d", "parterre", "-c", f"select coalesce(json_agg(row_to_json(q)), '[]') from ({sql}) q"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        if done.returncode != 0:
            sys.exit(f"checkdatabase: psql: {done.stderr.strip()}")
        return json.loads(done.stdout)

    def value(self, sql):
        return next(iter(self.rows(sql)[0].values()))

    def fact(self, holds, sentence, found=None):
        print(f"    {'yes' if holds else 'NO '}  {sentence}" + ("" if holds or found is None else f" (found: {found})"))
        self.failed += not holds


def literal(text):
    return "'" + str(text).replace("'", "''") + "'"


def pounds(pence):
    return f"£{pence // 100}.{pence % 100:02d}"  # The demonstration's house is in London.


def codes_on(pdf):
    """What a scanner at the door would read from the pages."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["pdftoppm", "-r", str(RESOLUTION), "-png", str(pdf), f"{folder}/page"], check=True, timeout=120)
        pages = sorted(str(page) for page in pathlib.Path(folder).glob("page*.png"))
        done = subprocess.run(["zbarimg", "-q", "--raw", "-Sdisable", "-Sqrcode.enable", *pages],
                              capture_output=True, text=True, timeout=120, check=False)
        return done.stdout.splitlines()  # A code may hold spaces.


def expected_entries(order, account, charges):
    """What the books must say of an order that is made of these charges, worked out apart from the server."""
    net = {"price": 0, "fee": 0}
    for charge in charges:
        net[charge["kind"]] += charge["amount"] - (charge["tax"] if charge["tax_included"] else 0)
    entries = {account: order["total"], "ticket_sales": -net["price"], "fees": -net["fee"],
               "tax_payable": -sum(charge["tax"] for charge in charges)}
    return {name: amount for name, amount in entries.items() if amount}


def judge_order(judge, number, channel, method, lines):
    orders = judge.rows(f"select * from sale_order where number = {literal(number)}")
    judge.fact(len(orders) == 1 and orders[0]["channel"] == channel and orders[0]["state"] == "confirmed",
               f"order {number} was confirmed at the {channel}", orders)
    if len(orders) != 1:
        return None
    order = orders[0]
    key = literal(order["id"])
    found = judge.rows(f"""
        select l.place, l.place_no, l.place_name, l.total, s.state, s.order_id = l.order_id as is_ours, p.order_id = l.order_id as is_kept
          from order_line l
          left join seat_inventory s on s.performance_id = l.performance_id and s.seat_no = l.place_no
          left join sold_place p on p.performance_id = l.performance_id and p.seat_no = l.place_no
         where l.order_id = {key} order by l.line_no""")
    names = ", ".join(line["place_name"] for line in found)
    judge.fact(len(found) == lines and all(line["state"] == "sold" and line["is_ours"] and line["is_kept"] for line in found),
               f"sold to it and to nobody else: {names}", found)
    judge.fact(order["total"] == order["fee"] + sum(line["total"] for line in found),
               "its total is the sum of its lines and fees", order["total"])
    payments = judge.rows(f"select * from payment_attempt where order_id = {key} and state = 'captured'")
    judge.fact(len(payments) == 1 and payments[0]["method"] == method and payments[0]["amount"] == order["total"]
               and (method != "cash" or payments[0]["tendered"] - payments[0]["change_given"] == order["total"]),
               f"it was paid once, by {method}, {pounds(order['total'])}", payments)
    account = {"cash": "cash_drawer", "card": "card_clearing"}[method]
    entries = {row["account"]: row["sum"] for row in judge.rows(
        f"select account, sum(amount)::bigint as sum from ledger_entry where order_id = {key} group by account")}
    charges = judge.rows(f"select kind, amount, tax, tax_included from order_charge where order_id = {key}")
    judge.fact(entries == expected_entries(order, account, charges), "the ledger says the same, fees and taxes apart", entries)
    judge.fact(judge.value(f"select count(*) from receipt where order_id = {key}") == 1, "it has one receipt")
    return order | {"lines": found}


def judge_tickets(judge, order, folder):
    pdf = folder / f"{order['number']}.pdf"
    codes = [row["code"] for row in judge.rows(
        f"select code from ticket where order_id = {literal(order['id'])} and state = 'valid' order by line_no")]
    judge.fact(len(codes) == len(order["lines"]), f"valid tickets, one a place: {len(order['lines'])}", len(codes))
    whole = subprocess.run(["qpdf", "--check", str(pdf)], capture_output=True, text=True, timeout=60, check=False)
    judge.fact(whole.returncode == 0, f"qpdf finds no fault in {pdf.name}", whole.stdout[-200:] + whole.stderr[-200:])
    read = codes_on(pdf)
    judge.fact(sorted(read) == sorted(codes), "zbar reads the same codes from its pages as the database keeps", read)


def judge_seats_are_adjacent(judge, order, url, layout_id):
    with urllib.request.urlopen(f"{url}/v1/layouts/{layout_id}", timeout=30) as answer:
        layout = json.load(answer)
    rows = [[seat["key"] for seat in row["seats"]] for section in layout["sections"] for row in section.get("rows", [])]
    keys = [line["place"] for line in order["lines"]]
    row = next((row for row in rows if keys[0] in row), [])
    places = sorted(row.index(key) for key in keys if key in row)
    judge.fact(len(places) == 2 and places[1] - places[0] == 1, "its two seats stand side by side in one row", keys)


def judge_whole(judge, url, performance, refused_hold):
    key = literal(performance)
    counts = {row["state"]: row["count"] for row in judge.rows(
        f"select state, count(*) from seat_inventory where performance_id = {key} group by state")}
    with urllib.request.urlopen(f"{url}/v1/performances/{performance}/map", timeout=30) as answer:
        letters = json.load(answer)["seats"]
    judge.fact(letters.count("s") == counts.get("sold", 0) and len(letters) == sum(counts.values()),
               f"the public map shows as many sold seats as the database has: {counts.get('sold', 0)}", letters.count("s"))
    judge.fact(judge.value("""
        select count(*) from (select 1 from order_line l join sale_order o on o.id = l.order_id
         where o.state = 'confirmed' and not l.is_area group by l.performance_id, l.place_no having count(*) > 1) twice""") == 0,
               "no seat was sold twice")
    judge.fact(judge.value(f"select count(*) from sold_place where performance_id = {key}") == counts.get("sold", 0),
               "every sold seat has its one entry among the sold places")
    judge.fact(judge.value(f"select count(*) from seat_inventory where hold_id = {literal(refused_hold)}") == 0,
               "the buyer who was refused keeps nothing")
    judge.fact(judge.value("select count(*) from (select 1 from ledger_entry group by transfer_id having sum(amount) <> 0) b") == 0,
               "every transfer of the ledger sums to zero")
    waiting = 1
    for _ in range(50):
        waiting = judge.value("select count(*) from outbox_delivery")
        if waiting == 0:
            break
        time.sleep(0.2)
    judge.fact(waiting == 0, "every fact has left the outbox", waiting)
    print("\n    seats of this performance: " + ", ".join(f"{count} {state}" for state, count in sorted(counts.items())))


def main():
    parser = argparse.ArgumentParser(description="Judges the demonstration's sales from outside.")
    parser.add_argument("--socket", required=True, help="folder of PostgreSQL's socket")
    parser.add_argument("--url", required=True, help="address of the server")
    parser.add_argument("--desk", required=True, help="number of the order that the desk sold")
    parser.add_argument("--public", required=True, type=pathlib.Path, help="public.json of publicbuyer.py")
    parser.add_argument("--tickets", required=True, type=pathlib.Path, help="folder of the ticket PDFs")
    options = parser.parse_args()

    judge = Judge(options.socket)
    public = json.loads(options.public.read_text())
    desk = judge_order(judge, options.desk, "desk", "cash", 2)
    if desk:
        layout = judge.value(f"select layout_id from performance where id = {literal(desk['performance_id'])}")
        judge_seats_are_adjacent(judge, desk, options.url, layout)
        judge_tickets(judge, desk, options.tickets)
    web = judge_order(judge, public["order"]["number"], "web", "card", 1)
    if web:
        judge_tickets(judge, web, options.tickets)
        judge.fact(web["total"] == public["order"]["total"]["amount"], "the buyer was told the same total")
        judge_whole(judge, options.url, web["performance_id"], public["refused_hold"])
    sys.exit(1 if judge.failed else 0)


if __name__ == "__main__":
    main()
