import assert from "node:assert/strict";
import test from "node:test";

import {sharesOf} from "../../resources/storefront/giftcardshares.js";

const pounds = amount => ({amount, currency: "GBP"});
const card = amount => ({code: `card${amount}`, available: pounds(amount)});

test("the cards pay in their order, and a card the rest", () => {
    const {shares, rest} = sharesOf([card(2000), card(1000)], pounds(5000));
    assert.deepEqual(shares.map(share => share.amount), [pounds(2000), pounds(1000)]);
    assert.deepEqual(rest, pounds(2000));
});

test("the last card pays what is left, and who is not needed is not sent", () => {
    const {shares, rest} = sharesOf([card(2000), card(9000), card(1000)], pounds(5000));
    assert.deepEqual(shares.map(share => share.amount.amount), [2000, 3000]);
    assert.equal(rest.amount, 0);
});

test("money of another currency pays nothing", () => {
    const {shares, rest} = sharesOf([{code: "x", available: {amount: 9000, currency: "EUR"}}], pounds(5000));
    assert.deepEqual(shares, []);
    assert.deepEqual(rest, pounds(5000));
});

test("whatever is on the cards, shares and rest are the total", () => {
    for (let i = 0; i < 500; ++i) {
        const total = Math.floor(Math.random() * 10000);
        const cards = Array.from({length: i % 6}, () => card(Math.floor(Math.random() * 4000)));
        const {shares, rest} = sharesOf(cards, pounds(total));
        assert.equal(shares.reduce((sum, share) => sum + share.amount.amount, rest.amount), total);
        assert.ok(rest.amount >= 0 && shares.every(share => share.amount.amount > 0 && share.amount.amount <= share.card.available.amount));
    }
});
