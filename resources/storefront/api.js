// The server as the shop sees it. A write that the network swallowed is repeated with the same ids and the same
// Idempotency-Key, so it happens once whatever the network did (design D5).

import {banner, store} from "./dom.js";
import {uuidV7} from "./format.js";

const attemptsMax = 4;
const retryAfterSecondsMax = 30;
const wait = seconds => new Promise(done => setTimeout(done, seconds * 1000));

/** A refusal with its RFC 9457 problem; `code` is stable, `message` is for people. */
export class Problem extends Error {
    constructor(status, body) {
        super(body.detail ?? body.title ?? "The server could not do this. Please try again.");
        this.status = status;
        this.code = body.code ?? (status === 0 ? "offline" : "internal");
        this.details = body.details ?? {};
        this.errors = body.errors ?? [];
    }
}

async function session(renew = false) {
    const kept = store.get("session");
    if (kept && !renew && new Date(kept.expires_at) > new Date())
        return kept.token;
    const made = await send("POST", "/v1/sessions", {body: {}, key: uuidV7()});
    store.set("session", made);
    return made.token;
}

async function problemOf(response) {
    const body = await response.json().catch(() => ({}));
    return new Problem(response.status, body);
}

/** Waits and says so where the server asks for patience; false when it is time to give up. */
async function waitBeforeRetry(attempt, response) {
    const asked = Number(response?.headers.get("Retry-After"));
    const seconds = Math.min(retryAfterSecondsMax, asked > 0 ? asked : 2 ** attempt / 2);
    if (attempt + 1 >= attemptsMax || asked > retryAfterSecondsMax) // So long nobody waits before the page.
        return false;
    banner(response ? `Many people are buying right now. Trying again in ${Math.ceil(seconds)} seconds…`
                    : "The connection is interrupted. Trying again…");
    await wait(seconds);
    return true;
}

/** `asksBuyer`: what is out of order is told at once instead of waited for, since the buyer may choose otherwise. */
async function send(method, path, {body, key, token, raw, asksBuyer, headers: more = {}} = {}) {
    const headers = {Accept: raw ?? "application/json", ...more};
    if (body !== undefined)
        headers["Content-Type"] = "application/json";
    if (key)
        headers["Idempotency-Key"] = key;
    if (token)
        headers.Authorization = `Bearer ${token}`;
    for (let attempt = 0; ; ++attempt) {
        let response = null;
        try {
            response = await fetch(path, {method, headers, body: body === undefined ? undefined : JSON.stringify(body)});
        } catch {
            if (await waitBeforeRetry(attempt, null))
                continue;
            banner("You seem to be offline. Nothing is lost: your seats are kept until the clock runs out.");
            throw new Problem(0, {detail: "The server cannot be reached. Check your connection and try again."});
        }
        const problem = response.ok ? null : await problemOf(response);
        const passing = ([429, 503].includes(response.status) && !(asksBuyer && ["unavailable", "rate_limited"].includes(problem?.code)))
            || problem?.code === "in_progress" || problem?.code === "outcome_unknown";
        if (passing && await waitBeforeRetry(attempt, response))
            continue;
        banner(null);
        if (problem)
            throw problem;
        return raw ? response.blob() : response.json();
    }
}

/** As send(), with this browser's session; a session that ended is renewed once. */
async function asBuyer(method, path, options = {}) {
    try {
        return await send(method, path, {...options, token: await session()});
    } catch (problem) {
        if (problem.status !== 401)
            throw problem;
        return send(method, path, {...options, token: await session(true)});
    }
}

/** The key of an order, from the link of its mail: it opens the order in any browser. */
export const orderKeys = {
    keep: (order, key) => store.set(`orderkey.${order}`, key),
    of: order => store.get(`orderkey.${order}`),
};

/** The key of a ticket that was passed on, likewise. */
export const ticketKeys = {
    keep: (ticket, key) => store.set(`ticketkey.${ticket}`, key),
    of: ticket => store.get(`ticketkey.${ticket}`),
};

const asHolder = (ticket, below = "", options = {}) =>
    send("GET", `/v1/tickets/${ticket}${below}`, {...options, headers: {"Ticket-Key": ticketKeys.of(ticket) ?? ""}});

/** As asBuyer(), or by the order's key where this browser came with it. */
async function asReader(method, order, below = "", options = {}) {
    const key = orderKeys.of(order);
    const path = `/v1/orders/${order}${below}`;
    return key ? send(method, path, {...options, headers: {"Order-Key": key}}) : asBuyer(method, path, options);
}

async function allPerformances() {
    const found = [];
    let cursor = null;
    do {
        const page = await send("GET", `/v1/performances?limit=100${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ""}`);
        found.push(...page.performances);
        cursor = page.next_cursor;
    } while (cursor);
    return found;
}

export const api = {
    performances: allPerformances,
    performance: id => send("GET", `/v1/performances/${id}`),
    layout: id => send("GET", `/v1/layouts/${id}`),
    allocation: (id, code) => send("GET", `/v1/performances/${id}/allocation`, {headers: {"Access-Code": encodeURIComponent(code)}}),
    map: id => send("GET", `/v1/performances/${id}/map`),
    giftCard: code => asBuyer("POST", "/v1/gift-cards/balance", {body: {code}, asksBuyer: true}),
    takeHold: (body, key) => asBuyer("POST", "/v1/holds", {body, key}),
    hold: id => asBuyer("GET", `/v1/holds/${id}`),
    renewHold: (id, key) => asBuyer("POST", `/v1/holds/${id}/renew`, {body: {}, key}),
    releasePlaces: (id, body, key) => asBuyer("POST", `/v1/holds/${id}/release`, {body, key}),
    offerHandover: (id, key) => asBuyer("POST", `/v1/holds/${id}/handover`, {body: {}, key}),
    takeOverHold: (code, key) => asBuyer("POST", "/v1/handovers", {body: {code}, key}),
    dropHold: (id, key) => asBuyer("DELETE", `/v1/holds/${id}`, {key}),
    createOrder: (body, key) => asBuyer("POST", "/v1/orders", {body, key}),
    order: id => asReader("GET", id),
    pay: (order, body, key) => asBuyer("POST", `/v1/orders/${order}/payments`, {body, key, asksBuyer: true}),
    quote: body => asBuyer("POST", "/v1/quotes", {body}),
    refundOrder: (order, body, key) => asReader("POST", order, "/refunds", {body, key}),
    /** The new order is this browser's, and the old one may be its key's. */
    exchangeOrder: (order, body, key) => asBuyer("POST", `/v1/orders/${order}/exchanges`, {body, key, asksBuyer: true,
        headers: orderKeys.of(order) ? {"Order-Key": orderKeys.of(order)} : {}}),
    creditNote: (order, refund) => asReader("GET", order, `/refunds/${refund}/credit-note.pdf`, {raw: "application/pdf"}),
    receipt: order => asReader("GET", order, "/receipt.pdf", {raw: "application/pdf"}),
    tickets: order => asReader("GET", order, "/tickets.pdf", {raw: "application/pdf"}),
    walletPass: (order, ticket) => asReader("GET", order, `/tickets/${ticket}/pass.pkpass`, {raw: "application/vnd.apple.pkpass"}),
    ticketPdf: (order, ticket) => asReader("GET", order, `/tickets/${ticket}/ticket.pdf`, {raw: "application/pdf"}),
    heldTicket: ticket => asHolder(ticket),
    heldPdf: ticket => asHolder(ticket, "/ticket.pdf", {raw: "application/pdf"}),
    heldPass: ticket => asHolder(ticket, "/pass.pkpass", {raw: "application/vnd.apple.pkpass"}),
    calendar: order => asReader("GET", order, "/calendar.ics", {raw: "text/calendar"}),
    orderTickets: order => asReader("GET", order, "/tickets"),
    resendTickets: (order, key) => asReader("POST", order, "/mail", {body: {}, key}),
    reissueTicket: (order, ticket, key) => asReader("POST", order, `/tickets/${ticket}/reissue`, {body: {}, key}),
    transferTicket: (order, ticket, body, key) => asReader("POST", order, `/tickets/${ticket}/transfer`, {body, key}),
};
