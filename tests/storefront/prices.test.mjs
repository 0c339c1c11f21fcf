import assert from "node:assert/strict";
import test from "node:test";

import {basketCost, costRows, orderFees, rateText, taxRows} from "../../resources/storefront/prices.js";

const pounds = amount => ({amount, currency: "GBP"});
const handling = {name: "Handling", per: "order", channels: ["web", "api"], amount: pounds(200),
    tax: {name: "VAT", rate_basis_points: 2000, included: false}};
const detail = fees => ({performance: {currency: "GBP"}, fees});

test("the fee of an order has its added tax in it, and is asked for in the shop alone", () => {
    assert.deepEqual(orderFees(detail([handling, {...handling, name: "At the desk", channels: ["desk"]},
        {...handling, name: "Of a ticket", per: "ticket"}]), 5000), [{name: "Handling", amount: pounds(240)}]);
});

test("a share of the prices is rounded half up", () => {
    const share = {name: "Share", per: "order", channels: [], amount: pounds(0), rate_basis_points: 250};
    assert.equal(orderFees(detail([share]), 179)[0].amount.amount, 4);
    assert.equal(orderFees(detail([share]), 180)[0].amount.amount, 5);
});

test("an order that costs nothing bears no fee", () => assert.deepEqual(orderFees(detail([handling]), 0), []));

test("the basket counts tickets with their fees, and the fee of the order once", () => {
    const price = {amount: pounds(5275), face: pounds(5000)};
    assert.deepEqual(basketCost(detail([handling]), [{price, quantity: 2}, {price: undefined, quantity: 1}]).total, pounds(10790));
    assert.deepEqual(basketCost(detail(undefined), [{price, quantity: 1}]), {fees: [], total: pounds(5275)});
});

const order = {
    total: pounds(5515 - 500), discount: pounds(500), promotion: "Summer treat", lines: [{amount: pounds(5000)}],
    fees: [{name: "Booking fee", amount: pounds(275)}, {name: "Handling", amount: pounds(240)}],
    taxes: [{tax: {name: "VAT", rate_basis_points: 2000}, amount: pounds(879)}, {tax: {name: "Zero", rate_basis_points: 0}, amount: pounds(0)}],
};

test("the rows of an order add up to its total", () => {
    const rows = costRows(order);
    assert.deepEqual(rows.map(([label]) => label), ["Tickets", "Summer treat", "Booking fee", "Handling"]);
    assert.equal(rows.reduce((all, [, money]) => all + money.amount, 0), order.total.amount);
    const taxed = costRows({...order, total: pounds(order.total.amount + 900)});
    assert.deepEqual(taxed.at(-1), ["Tax", pounds(900)]);
});

test("tickets alone need no rows", () => assert.deepEqual(costRows({total: pounds(5000), lines: [{amount: pounds(5000)}]}), []));

test("a tax is told with its rate where there is some", () => {
    assert.deepEqual(taxRows(order), [["of which VAT 20 %", pounds(879)]]);
    assert.equal(rateText(550), "5.5 %");
});
