// The official Stripe SDK, unchanged, against parterre-psp: if our simulator spoke another language than Stripe, it would
// say so. `./dev test stripe` runs it.

import assert from "node:assert/strict";
import {mkdtempSync, rmSync} from "node:fs";
import {tmpdir} from "node:os";
import path from "node:path";
import {after, before, beforeEach, test} from "node:test";

import Stripe from "stripe";

import {Mailbox, Psp, secretKey} from "./psp.mjs";

let psp;
let box;
let stripe;
let endpoint;

const clientOf = (url, more = {}) => {
    const {hostname, port} = new URL(url);
    return new Stripe(secretKey, {host: hostname, port, protocol: "http", telemetry: false, maxNetworkRetries: 0, ...more});
};
const reserved = (more = {}, options = undefined) => stripe.paymentIntents.create({
    amount: 4250, currency: "eur", capture_method: "manual", payment_method: "pm_card_visa", confirm: true,
    metadata: {order: "A-1"}, ...more}, options);
const refusal = async (promise, type) => {
    const error = await promise.then(() => assert.fail("it was accepted"), refused => refused);
    assert.equal(error.type, type, error.stack);
    return error;
};
const eventsOf = (id, type) => box.until(letter => {
    const event = JSON.parse(letter.body);
    return event.type === type && event.data.object.id === id;
}, `${type} of ${id}`);

before(async () => {
    psp = await Psp.start();
    box = await Mailbox.open();
    stripe = clientOf(psp.url);
    endpoint = await stripe.webhookEndpoints.create({url: box.url, enabled_events: ["*"]});
});
after(async () => {
    await psp?.stop();
    box?.close();
});
beforeEach(async () => {
    await psp.calm();
    await psp.call("DELETE", "/_psp/faults");
});

test("a payment is created, confirmed and captured", async () => {
    const created = await stripe.paymentIntents.create({amount: 4250, currency: "eur", capture_method: "manual"});
    assert.equal(created.status, "requires_payment_method");
    assert.match(created.id, /^pi_\w{24}$/);
    const confirmed = await stripe.paymentIntents.confirm(created.id, {payment_method: "pm_card_visa"});
    assert.equal(confirmed.status, "requires_capture");
    assert.equal(confirmed.amount_capturable, 4250);
    assert.equal(confirmed.amount_received, 0);
    const captured = await stripe.paymentIntents.capture(created.id, {expand: ["latest_charge"]});
    assert.equal(captured.status, "succeeded");
    assert.equal(captured.amount_received, 4250);
    assert.equal(captured.latest_charge.captured, true);
    assert.equal(captured.latest_charge.payment_method_details.card.last4, "4242");
    assert.match(captured.lastResponse.requestId, /^req_/);
    assert.equal((await stripe.paymentIntents.retrieve(created.id)).status, "succeeded");
});

test("a part of what was reserved is captured and the rest is given back", async () => {
    const intent = await reserved();
    const captured = await stripe.paymentIntents.capture(intent.id, {amount_to_capture: 4000});
    assert.equal(captured.amount_received, 4000);
    assert.equal(captured.amount_capturable, 0);
    const error = await refusal(stripe.paymentIntents.capture(intent.id), "StripeInvalidRequestError");
    assert.equal(error.code, "payment_intent_unexpected_state");
    assert.equal(error.payment_intent.status, "succeeded");
});

test("a reservation is cancelled, once and for ever", async () => {
    const intent = await reserved();
    const cancelled = await stripe.paymentIntents.cancel(intent.id, {cancellation_reason: "abandoned"});
    assert.equal(cancelled.status, "canceled");
    assert.equal(cancelled.cancellation_reason, "abandoned");
    assert.equal(cancelled.amount_capturable, 0);
    await refusal(stripe.paymentIntents.capture(intent.id), "StripeInvalidRequestError");
    await refusal(stripe.paymentIntents.confirm(intent.id, {payment_method: "pm_card_visa"}), "StripeInvalidRequestError");
    await refusal(stripe.paymentIntents.cancel(intent.id), "StripeInvalidRequestError");
});

const declines = [
    ["pm_card_visa_chargeDeclined", "card_declined", "generic_decline"],
    ["pm_card_visa_chargeDeclinedInsufficientFunds", "card_declined", "insufficient_funds"],
    ["pm_card_chargeDeclinedExpiredCard", "expired_card", "expired_card"],
    ["pm_card_chargeDeclinedProcessingError", "processing_error", "processing_error"],
];
for (const [card, code, decline] of declines) {
    test(`${card} is declined and another card may be tried`, async () => {
        const intent = await stripe.paymentIntents.create({amount: 1000, currency: "eur", capture_method: "manual"});
        const error = await refusal(stripe.paymentIntents.confirm(intent.id, {payment_method: card}), "StripeCardError");
        assert.equal(error.statusCode, 402);
        assert.equal(error.code, code);
        assert.equal(error.decline_code, decline);
        assert.equal(error.payment_intent.status, "requires_payment_method");
        const seen = await stripe.paymentIntents.retrieve(intent.id);
        assert.equal(seen.last_payment_error.code, code);
        const second = await stripe.paymentIntents.confirm(intent.id, {payment_method: "pm_card_visa"});
        assert.equal(second.status, "requires_capture");
        assert.equal(second.last_payment_error, null);
    });
}

test("a card number of Stripe's test mode works and any other is refused", async () => {
    const method = await stripe.paymentMethods.create(
        {type: "card", card: {number: "4000000000009995", exp_month: 1, exp_year: 2031, cvc: "123"}});
    assert.equal(method.card.last4, "9995");
    await refusal(reserved({payment_method: method.id}), "StripeCardError");
    await refusal(stripe.paymentMethods.create({type: "card", card: {number: "4111111111111111", exp_month: 1, exp_year: 2031}}),
        "StripeCardError");
});

const holder = async (intent, outcome) => fetch(intent.next_action.redirect_to_url.url, {
    method: "POST", redirect: "manual", body: new URLSearchParams({outcome})});
const asked = () => reserved({payment_method: "pm_card_threeDSecure2Required", return_url: "https://shop.example/back?order=A-1"});

test("3-D Secure leads to the bank's page and back to the shop", async () => {
    const intent = await asked();
    assert.equal(intent.status, "requires_action");
    assert.equal(intent.next_action.type, "redirect_to_url");
    const page = await fetch(intent.next_action.redirect_to_url.url);
    assert.match(await page.text(), /42\.50 EUR/);
    assert.equal((await stripe.paymentIntents.retrieve(intent.id)).status, "requires_action");
    const answer = await holder(intent, "succeed");
    assert.equal(answer.status, 303);
    const back = new URL(answer.headers.get("location"));
    assert.equal(back.searchParams.get("order"), "A-1");
    assert.equal(back.searchParams.get("payment_intent"), intent.id);
    assert.equal(back.searchParams.get("payment_intent_client_secret"), intent.client_secret);
    assert.equal(back.searchParams.get("redirect_status"), "succeeded");
    const after = await stripe.paymentIntents.retrieve(intent.id);
    assert.equal(after.status, "requires_capture");
    assert.equal(after.next_action, null);
    assert.equal((await holder(intent, "fail")).status, 404);
});

test("3-D Secure that the holder refuses needs another card", async () => {
    const intent = await asked();
    await holder(intent, "fail");
    const after = await stripe.paymentIntents.retrieve(intent.id);
    assert.equal(after.status, "requires_payment_method");
    assert.equal(after.last_payment_error.code, "payment_intent_authentication_failure");
});

test("a payment without its holder is declined where the holder is needed", async () => {
    const error = await refusal(reserved({payment_method: "pm_card_authenticationRequired", off_session: true}), "StripeCardError");
    assert.equal(error.code, "authentication_required");
});

test("money goes back in parts and never more than came", async () => {
    const intent = await reserved({capture_method: "automatic"});
    assert.equal(intent.status, "succeeded");
    const part = await stripe.refunds.create({payment_intent: intent.id, amount: 1250, reason: "requested_by_customer"});
    assert.equal(part.status, "succeeded");
    await refusal(stripe.refunds.create({payment_intent: intent.id, amount: 3001}), "StripeInvalidRequestError");
    assert.equal((await stripe.refunds.create({charge: intent.latest_charge})).amount, 3000);
    const error = await refusal(stripe.refunds.create({payment_intent: intent.id}), "StripeInvalidRequestError");
    assert.equal(error.code, "charge_already_refunded");
    assert.equal((await stripe.charges.retrieve(intent.latest_charge)).refunded, true);
    assert.equal((await stripe.refunds.list({payment_intent: intent.id})).data.length, 2);
});

test("a refund that the bank sends back fails later and leaves the money with us", async () => {
    const intent = await reserved({capture_method: "automatic", payment_method: "pm_card_refundFail"});
    const refund = await stripe.refunds.create({payment_intent: intent.id});
    assert.equal(refund.status, "succeeded");
    await eventsOf(refund.id, "refund.failed");
    assert.equal((await stripe.refunds.retrieve(refund.id)).status, "failed");
    assert.equal((await stripe.charges.retrieve(intent.latest_charge)).amount_refunded, 0);
});

test("the same key gives the same answer and one effect", async () => {
    const options = {idempotencyKey: "order-17"};
    const first = await reserved({metadata: {order: "A-17"}}, options);
    const again = await reserved({metadata: {order: "A-17"}}, options);
    assert.equal(again.id, first.id);
    assert.equal(again.lastResponse.headers["idempotent-replayed"], "true");
    await refusal(reserved({amount: 4251, metadata: {order: "A-17"}}, options), "StripeIdempotencyError");
    const found = await stripe.paymentIntents.search({query: "metadata['order']:'A-17'"});
    assert.deepEqual(found.data.map(intent => intent.id), [first.id]);
});

test("a saved 500 is replayed under its key, whether the work was done or not", async () => {
    for (const what of ["error", "lost_error"]) {
        await psp.fault({on: "create", what});
        const options = {idempotencyKey: `saved-${what}`};
        await refusal(reserved({metadata: {order: what}}, options), "StripeAPIError");
        const error = await refusal(reserved({metadata: {order: what}}, options), "StripeAPIError");
        assert.equal(error.headers["idempotent-replayed"], "true");
        const found = await stripe.paymentIntents.search({query: `metadata['order']:'${what}'`});
        assert.equal(found.data.length, what === "error" ? 0 : 1);
    }
});

test("an answer that was lost is made good by the SDK's own retry", async () => {
    await psp.fault({on: "create", what: "drop"});
    const patient = clientOf(psp.url, {maxNetworkRetries: 2});
    const intent = await patient.paymentIntents.create(
        {amount: 900, currency: "eur", payment_method: "pm_card_visa", confirm: true, metadata: {order: "lost"}});
    assert.equal(intent.lastResponse.headers["idempotent-replayed"], "true");
    assert.equal((await psp.totals("order")).several_with_money.lost, undefined);
});

test("a key in use, a locked object and too many requests are told apart", async () => {
    await psp.fault({on: "create", what: "delay", delay_ms: 1500});
    const first = reserved({}, {idempotencyKey: "busy"});
    await new Promise(next => setTimeout(next, 400));
    const busy = await refusal(reserved({}, {idempotencyKey: "busy"}), "StripeAPIError"); // The SDK has no class for 409.
    assert.equal(busy.statusCode, 409);
    assert.equal(busy.code, "idempotency_key_in_use");
    await first;
    for (const [what, code] of [["lock_timeout", "lock_timeout"], ["rate_limit", "rate_limit"]]) {
        await psp.fault({on: "create", what});
        assert.equal((await refusal(reserved({}, {idempotencyKey: what}), "StripeRateLimitError")).code, code);
        assert.equal((await reserved({}, {idempotencyKey: what})).status, "requires_capture");
    }
});

test("what cannot be used is refused by name", async () => {
    assert.equal((await refusal(stripe.paymentIntents.create({amount: 0, currency: "eur"}), "StripeInvalidRequestError")).param, "amount");
    assert.equal((await refusal(stripe.paymentIntents.create({amount: 10, currency: "euro"}), "StripeInvalidRequestError")).param, "currency");
    const unknown = await refusal(stripe.paymentIntents.create({amount: 10, currency: "eur", amuont: 2}), "StripeInvalidRequestError");
    assert.equal(unknown.code, "parameter_unknown");
    assert.equal((await refusal(stripe.paymentIntents.retrieve("pi_none"), "StripeInvalidRequestError")).code, "resource_missing");
    const {hostname, port} = new URL(psp.url);
    const stranger = new Stripe("sk_test_other", {host: hostname, port, protocol: "http", telemetry: false});
    await refusal(stranger.paymentIntents.list(), "StripeAuthenticationError");
});

test("lists have pages", async () => {
    const ids = [];
    for (let i = 0; i < 5; ++i)
        ids.unshift((await stripe.paymentIntents.create({amount: 100 + i, currency: "eur"})).id);
    const seen = [];
    for await (const intent of stripe.paymentIntents.list({limit: 2, created: {gte: 1}})) {
        seen.push(intent.id);
        if (seen.length === 5)
            break;
    }
    assert.deepEqual(seen, ids);
});

test("webhooks are signed as the SDK checks them", async () => {
    const intent = await reserved();
    const [letter] = await eventsOf(intent.id, "payment_intent.amount_capturable_updated");
    const event = stripe.webhooks.constructEvent(letter.body, letter.signature, endpoint.secret);
    assert.equal(event.data.object.amount_capturable, 4250);
    assert.equal((await stripe.events.retrieve(event.id)).type, event.type);
    assert.throws(() => stripe.webhooks.constructEvent(letter.body, letter.signature, "whsec_other"),
        Stripe.errors.StripeSignatureVerificationError);
    assert.throws(() => stripe.webhooks.constructEvent(letter.body.replace("4250", "1"), letter.signature, endpoint.secret),
        Stripe.errors.StripeSignatureVerificationError);
});

test("webhooks come twice, forged and stale, and are repeated until they are taken", async () => {
    await psp.knobs({webhook_duplicate_per_mille: 1000, webhook_forge_per_mille: 1000, webhook_stale_per_mille: 1000, webhook_retry_ms: 100});
    box.refuses = 3;
    const intent = await stripe.paymentIntents.create({amount: 777, currency: "eur"});
    const kinds = {genuine: 0, refused: 0};
    for (const end = Date.now() + 20_000; Date.now() < end && kinds.genuine < 3;) {
        await new Promise(next => setTimeout(next, 50));
        kinds.genuine = kinds.refused = 0;
        for (const letter of box.letters.filter(each => each.body.includes(intent.id))) {
            try {
                stripe.webhooks.constructEvent(letter.body, letter.signature, endpoint.secret);
                kinds.genuine++;
            } catch {
                kinds.refused++;
            }
        }
    }
    assert.ok(kinds.genuine >= 2, "the event itself, and once more");
    assert.equal(kinds.refused, 2);
    box.refuses = 0;
});

test("an event that was never sent is found in the list", async () => {
    await psp.knobs({webhook_missing_per_mille: 1000});
    const intent = await stripe.paymentIntents.create({amount: 778, currency: "eur"});
    const missed = await stripe.events.list({type: "payment_intent.created", delivery_success: false, limit: 1});
    assert.equal(missed.data[0].data.object.id, intent.id);
    await psp.calm();
    await psp.call("POST", `/_psp/events/${missed.data[0].id}/send`);
    await eventsOf(intent.id, "payment_intent.created");
});

test("the books outlive a kill", async () => {
    const folder = mkdtempSync(path.join(tmpdir(), "parterre-psp-"));
    const journal = path.join(folder, "journal");
    try {
        const first = await Psp.start(["--journal", journal]);
        const one = clientOf(first.url);
        const options = {idempotencyKey: "kept"};
        const wish = {amount: 5000, currency: "eur", capture_method: "manual", payment_method: "pm_card_visa", confirm: true};
        const intent = await one.paymentIntents.create(wish, options);
        await one.paymentIntents.capture(intent.id, {amount_to_capture: 4000});
        await one.refunds.create({payment_intent: intent.id, amount: 1500});
        const totals = await first.totals();
        await first.stop("SIGKILL");
        const second = await Psp.start(["--journal", journal]);
        try {
            assert.deepEqual(await second.totals(), totals);
            assert.deepEqual(totals.currencies.eur, {authorised: 0, captured: 4000, refunded: 1500, net: 2500});
            const again = await clientOf(second.url).paymentIntents.create(wish, options);
            assert.equal(again.id, intent.id);
            assert.equal(again.lastResponse.headers["idempotent-replayed"], "true");
        } finally {
            await second.stop();
        }
    } finally {
        rmSync(folder, {recursive: true, force: true});
    }
});
