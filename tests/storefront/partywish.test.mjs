// What the shop asks for a party, and which limit it advises to let go of: pure rules, without a browser.

import assert from "node:assert/strict";
import {test} from "node:test";
import {anyWish, bestOf, countFree, easierWishes, placeTexts, priceLimits, sizes} from "../../resources/storefront/partywish.js";

const price = (...amounts) => amounts.map(amount => ({type: {name: "Adult"}, amount: {amount, currency: "GBP"}}));
const zone = (id, ...amounts) => ({id, category: id, prices: price(...amounts)});
const zones = new Map([["near", zone("near", 5000, 4000)], ["far", zone("far", 2500, 1900)], ["guests", zone("guests")]]);

/** Row A is near, row B far and in the circle, row W has a wheelchair space with its companion; seat A2 is sold. */
function smallVenue() {
    const row = (label, count, category, accessibility = () => "none") => ({label, seats: Array.from({length: count}, (_, i) =>
        ({key: `${label}-${i + 1}`, label: String(i + 1), category, accessibility: accessibility(i)}))});
    const sections = [
        {name: "Stalls", rows: [row("A", 4, "near"), row("W", 2, "near", i => i ? "companion" : "wheelchair")], areas: []},
        {name: "Circle", rows: [row("B", 6, "far"), row("G", 3, "guests")], areas: [{key: "pit", category: "far"}]}];
    return {venue: {sections}, zones, stateOf: seat => seat.key === "A-2" ? "sold" : "free", freeIn: () => 5};
}

const counted = wish => countFree({...anyWish, ...wish}, smallVenue());
const offered = wish => easierWishes({...anyWish, ...wish}, asked => countFree(asked, smallVenue()))
    .map(({limit, free}) => `${limit} ${free}`);

test("a party has at most twenty places, or what one customer may have", () => {
    assert.equal(sizes(0).at(-1), 20);
    assert.deepEqual(sizes(3), [1, 2, 3]);
});

test("a price limit lets through what it shows and no more", () => {
    assert.deepEqual(priceLimits([zone("a", 5000, 4000), zone("b", 2500, 1900), zone("c", 3000, 2800)]),
        [{amount: 1900, shown: 2500}, {amount: 2800, shown: 3000}]);
});

test("where a dear zone has the cheapest child the limit says what adults may pay", () => {
    assert.deepEqual(priceLimits([zone("a", 6000, 500), zone("b", 2500, 1900), zone("c", 7000)]), [{amount: 1900, shown: 6000}]);
});

test("one price needs no limit", () => assert.deepEqual(priceLimits([zone("a", 2500), zone("b", 2500), zone("c")]), []));

test("only what was wished for is asked of the server", () => {
    assert.deepEqual(bestOf(anyWish, "GBP"), {size: 2, may_split: true});
    assert.deepEqual(bestOf({size: 4, zone: "far", priceMax: "1900", section: "Circle", access: "wheelchairs", accessible: 2, together: true}, "GBP"),
        {size: 4, may_split: false, zone: "far", price_max: {amount: 1900, currency: "GBP"}, section: "Circle", wheelchairs: 2});
    assert.deepEqual(bestOf({...anyWish, access: "step_free", accessible: 9}, "GBP"), {size: 2, may_split: true, step_free: 2});
});

test("what is sold, has no price or is for a wheelchair is not free for a party", () => assert.equal(counted({}), 3 + 6 + 5));
test("zone, price and section count what they leave", () => {
    assert.equal(counted({zone: "near"}), 3);
    assert.equal(counted({priceMax: "1900"}), 11);
    assert.equal(counted({section: "Stalls"}), 3);
});
test("who needs a wheelchair space may sit with companions, and nobody stands", () => {
    assert.equal(counted({access: "wheelchairs", section: "Stalls"}), 1 + 1 + 3);
    assert.equal(counted({access: "wheelchairs", accessible: 2}), 0);
    assert.equal(counted({access: "step_free"}), 0);
});

test("the limit that is in the way is named with what is free without it", () => {
    assert.deepEqual(offered({size: 4, zone: "near"}), ["zone 14", "size 3"]);
    assert.deepEqual(offered({size: 3, zone: "near", together: true}), ["together 3", "zone 14"]);
    assert.deepEqual(offered({size: 4, zone: "far", section: "Stalls"}), ["section 11"]);
});

test("where no single limit is in the way they go together", () => {
    assert.deepEqual(offered({size: 12, zone: "near", section: "Stalls"}), ["all 14", "size 3"]);
});

test("nothing is advised that would not help", () => {
    assert.deepEqual(offered({size: 20}), ["size 14"]);
    assert.deepEqual(offered({size: 2, access: "step_free"}), []);
});

test("the wish without its limit is what is asked next", () => {
    const [offer] = easierWishes({...anyWish, size: 4, zone: "near"}, asked => countFree(asked, smallVenue()));
    assert.deepEqual(offer.wish, {...anyWish, size: 4});
});

test("places of one row are one text", () => {
    const {venue} = smallVenue();
    const places = [{key: "B-2"}, {key: "A-3"}, {key: "A-4"}, {key: "pit", name: "Pit", is_area: true, quantity: 2}];
    assert.deepEqual(placeTexts(places, venue), ["Stalls, row A: seats 3, 4", "Circle, row B: seat 2", "Pit × 2"]);
});
