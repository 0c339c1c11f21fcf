// Choosing seats: the map, its accessible list, and the basket beside them. Every choice is taken at the server at
// once, so what the basket shows is really kept.

import {AccessCode} from "./accesscode.js";
import {api} from "./api.js";
import {Basket} from "./basket.js";
import {BestSeats} from "./bestseats.js";
import {announce, h, store} from "./dom.js";
import {exchangeNote} from "./exchange.js";
import {countdown, day, money, plural, time, timeWithZone} from "./format.js";
import {refundableHint} from "./giveback.js";
import {endedText, HelpPanel} from "./handover.js";
import {LiveMap} from "./live.js";
import {anyWish, bestOf, countFree} from "./partywish.js";
import {basketCost} from "./prices.js";
import {SeatMap} from "./seatmap.js";
import {readVenue} from "./venue.js";

const fallbackColors = ["#b23a48", "#2a6f97", "#6a994e", "#bc6c25", "#7b5ea7", "#3d8f8f"];
const warnSeconds = 120;
const stateWords = {free: "available", mine: "in your basket", held: "being bought by someone", sold: "sold"};

/** Zones by category with their colour and public prices, cheapest first: `amount` is what a ticket costs, `face` its price without fees. */
export function zonesOf(detail) {
    return new Map(detail.zones.map((zone, i) => {
        const prices = detail.prices.filter(price => price.zone === zone.id)
            .map(price => ({type: detail.types.find(type => type.id === price.type), amount: price.total ?? price.amount, face: price.amount}))
            .filter(price => price.type);
        const color = /^#[0-9a-f]{6}$/i.test(zone.color) ? zone.color : fallbackColors[i % fallbackColors.length];
        return [zone.category, {...zone, color, prices}];
    }));
}

/** What tells one choice of places from another. */
const printOf = places => places.map(place => `${place.key} × ${place.quantity}`).sort().join("; ");

export const standardPrice = zone => zone?.prices[0]?.amount;

class SeatsPage {
    constructor(main, detail, venue) {
        Object.assign(this, {main, detail, venue});
        this.performance = detail.performance;
        this.zones = zonesOf(detail);
        this.basket = new Basket(this.performance.id);
        this.memory = `best.${this.performance.id}`; // What the visitor wished for, and what was chosen for it.
        this.access = new AccessCode(this.performance.id, () => this.map && this.refresh());
        this.busy = new Set();
        this.listed = new Map(); // Seat number to its button in the list.
        this.onSale = this.performance.state === "on_sale";
    }

    async open() {
        const [ended] = await Promise.all([this.basket.restore(), this.openMap()]);
        this.build();
        if (ended)
            this.say(endedText(this.basket), "warn");
        if (!this.onSale)
            this.say("Sales are paused. The map stays live; please come back a little later.", "warn");
        this.timer = setInterval(() => this.tick(), 500);
        this.live.listen();
        if (this.isChosen)
            this.answerFor(this.basket.places);
        this.access.restore();
        this.refresh();
    }

    async openMap() {
        this.live = new LiveMap(this.performance.id, delta => this.mapChanged(delta));
        await this.live.reload();
    }

    close() {
        clearInterval(this.timer);
        this.access.close();
        this.help?.close();
        this.live.close();
        this.map?.destroy();
    }

    stateOf(seat) {
        if (this.basket.has(seat.key))
            return "mine";
        const letter = this.live.state?.seats[seat.number];
        return letter === "a" || (letter === "s" && this.access.free.has(seat.number)) ? "free" : letter === "h" ? "held" : "sold";
    }

    areaState(area) {
        const row = this.live.state?.areas.find(([number]) => number === area.number);
        return {free: row ? row[1] - row[2] - row[3] : 0, color: this.colorOf(area.category), mine: this.basket.quantity(area.key)};
    }

    colorOf(category) {
        return this.zones.get(category)?.color ?? "#888888";
    }

    isAlone(seat) {
        return this.basket.leftAlone.some(alone => alone.key === seat.key);
    }

    countFree(wish) {
        return countFree(wish, {venue: this.venue, zones: this.zones, stateOf: seat => this.stateOf(seat), freeIn: area => this.areaState(area).free});
    }

    describe(seat) {
        const zone = this.zones.get(seat.category);
        const price = standardPrice(zone);
        const notes = [seat.accessibility === "wheelchair" && "wheelchair space", seat.accessibility === "companion" && "companion seat",
            seat.accessibility === "step_free" && "step-free", seat.restrictedView && "restricted view", seat.note].filter(Boolean);
        return {zone: zone?.name ?? "", price: price ? money(price) : "", notes: notes.join(", ")};
    }

    build() {
        const p = this.performance;
        this.canvas = h("canvas.map", {tabindex: 0, role: "application",
            "aria-label": "Seat map. Arrow keys move it, plus and minus zoom. The list view offers every seat by keyboard."});
        this.card = h("div.seat-card", {hidden: true, "aria-hidden": "true"});
        this.message = h("div.message.toast", {role: "alert", hidden: true});
        const zoomButton = (label, text, action) =>
            h("button", {type: "button", "aria-label": label, title: label, onclick: action}, text);
        this.mapPane = h("div.map-pane", {id: "map-pane"}, this.canvas, this.card,
            h("div.zoom", {role: "group", "aria-label": "Zoom"},
                zoomButton("Zoom in", "+", () => this.map.zoomIn()),
                zoomButton("Zoom out", "−", () => this.map.zoomOut()),
                zoomButton("Whole venue", "⤢", () => this.map.fit())));
        this.listPane = h("div.list-pane", {id: "list-pane", hidden: true});
        this.summary = h("aside.basket", {"aria-label": "Your seats"});
        const tab = (text, list) => h("button.tab", {type: "button", id: list ? "show-list" : "show-map",
            "aria-pressed": String(!list), onclick: () => this.showList(list)}, text);
        this.tabs = [tab("Map", false), tab("List", true)];
        this.best = new BestSeats({zones: this.zones, venue: this.venue, currency: p.currency, purchaseLimit: this.detail.purchase_limit,
            countFree: wish => this.countFree(wish)}, store.get(this.memory)?.wish, {
            find: wish => this.choose(wish, this.isChosen, true), others: wish => this.choose(wish, true, false)});
        this.main.replaceChildren(h("section.page.wide", {},
            h("header.show-head", {},
                h("a.back", {href: "#/"}, "← All performances"),
                h("h1", {}, p.event),
                p.subtitle ? h("p.subtitle", {}, p.subtitle) : null,
                h("p.when", {}, `${day(p.starts_at, p.time_zone)}, ${timeWithZone(p.starts_at, p.time_zone)} · doors ${time(p.doors_at, p.time_zone)} · ${p.venue}`)),
            exchangeNote(),
            this.message,
            h("div.show-grid", {},
                h("div.chooser", {}, this.onSale ? [this.best.element, this.access.element] : null,
                    h("div.tabs", {role: "group", "aria-label": "How to choose"}, this.tabs),
                    this.mapPane, this.listPane, this.legend()),
                this.summary)));
        this.map = new SeatMap(this.canvas, this.venue, {
            stateOf: seat => this.stateOf(seat), areaState: area => this.areaState(area),
            colorOf: category => this.colorOf(category), isAlone: seat => this.isAlone(seat),
            pressed: place => place.seat ? this.toggle(place.seat) : this.toArea(place.area),
            hovered: (place, point) => this.showCard(place, point),
        });
    }

    legend() {
        const key = (kind, text) => h("li", {}, h(`span.mark.${kind}`, {"aria-hidden": "true"}), text);
        return h("div.legend", {},
            h("ul.zones", {"aria-label": "Prices"}, [...this.zones.values()].map(zone => h("li", {},
                h("span.swatch", {color: zone.color, "aria-hidden": "true"}),
                h("span.zone-name", {}, zone.name),
                h("span.zone-prices", {}, zone.prices.map(price => `${price.type.name} ${money(price.amount)}`).join(" · "))))),
            h("ul.keys", {"aria-label": "Signs on the map"}, key("free", "Available"), key("mine", "Yours"),
                key("held", "Being bought"), key("sold", "Sold"), key("wheel", "Wheelchair space"), key("alone", "Would be left alone")));
    }

    showCard(place, point) {
        this.card.hidden = !place;
        if (!place)
            return;
        const lines = place.seat ? this.seatLines(place.seat) : this.areaLines(place.area);
        this.card.replaceChildren(...lines);
        const half = this.card.offsetWidth / 2;
        this.card.style.left = `${Math.min(this.canvas.clientWidth - half - 8, Math.max(half + 8, point.x))}px`;
        const above = point.y > this.card.offsetHeight + 30;
        this.card.style.top = `${above ? point.y - this.card.offsetHeight - 18 : point.y + 22}px`;
    }

    seatLines(seat) {
        const {zone, price, notes} = this.describe(seat);
        const state = this.stateOf(seat);
        return [h("strong", {}, seat.name), h("span", {}, state === "free" ? `${zone} · ${price}` : `${zone} · ${stateWords[state]}`),
            notes ? h("em", {}, notes) : null].filter(Boolean);
    }

    areaLines(area) {
        const {free} = this.areaState(area);
        const price = standardPrice(this.zones.get(area.category));
        return [h("strong", {}, area.name), h("span", {}, `${price ? money(price) : ""} · ${free > 0 ? `${free} places free` : "sold out"}`)];
    }

    showList(list) {
        this.mapPane.hidden = list;
        this.listPane.hidden = !list;
        this.tabs.forEach((tab, i) => tab.setAttribute("aria-pressed", String(Boolean(i) === list)));
        if (list && !this.listPane.childElementCount)
            this.buildList();
    }

    buildList() {
        const filter = h("input", {type: "checkbox", id: "wheelchair-only", onchange: event => this.fillList(event.target.checked)});
        this.sections = h("div", {});
        this.listPane.replaceChildren(h("p.filter", {}, filter, h("label", {for: "wheelchair-only"}, "Only wheelchair spaces and companion seats")), this.sections);
        this.fillList(false);
    }

    fillList(wheelchairOnly) {
        this.listed.clear();
        const wanted = seat => !wheelchairOnly || ["wheelchair", "companion"].includes(seat.accessibility);
        const blocks = this.venue.sections.map(section => {
            const rows = section.rows.map(row => ({...row, seats: row.seats.filter(wanted)})).filter(row => row.seats.length);
            return rows.length ? h("details.section", {open: this.venue.sections.length < 4 || wheelchairOnly},
                h("summary", {}, section.name || "Seats"),
                rows.map(row => h("div.row", {role: "group", "aria-label": `${section.name} ${row.label ? `row ${row.label}` : ""}`},
                    h("span.row-label", {"aria-hidden": "true"}, row.label),
                    row.seats.map(seat => this.seatButton(seat))))) : null;
        }).filter(Boolean);
        this.sections.replaceChildren(...(blocks.length ? blocks : [h("p.empty", {}, "There are no such places here.")]));
        if (!wheelchairOnly && this.venue.areas.length)
            this.sections.append(h("p.hint", {}, "Standing places are in the basket panel."));
    }

    seatButton(seat) {
        const button = h("button.seat", {type: "button", "data-key": seat.key, color: this.colorOf(seat.category),
            onclick: () => this.toggle(seat)}, seat.label || "•");
        this.listed.set(seat.number, button);
        this.dressButton(seat, button);
        return button;
    }

    dressButton(seat, button) {
        const state = this.stateOf(seat);
        const {zone, price, notes} = this.describe(seat);
        button.dataset.state = state;
        button.classList.toggle("alone", this.isAlone(seat));
        button.setAttribute("aria-pressed", String(state === "mine"));
        button.setAttribute("aria-label", [seat.name, zone, price, notes, this.isAlone(seat) ? "would be left alone" : stateWords[state]].filter(Boolean).join(", "));
    }

    say(text, kind = "info") {
        this.message.textContent = text ?? "";
        this.message.className = `message toast ${kind}`;
        this.message.hidden = !text;
    }

    /** A held seat is asked for all the same: its hold may have run out, and only the server knows (design D3). */
    async toggle(seat) {
        const state = this.stateOf(seat);
        if (state === "sold")
            return this.say(`${seat.name} is sold. Please choose another seat.`, "warn");
        if (!this.onSale)
            return this.say("Sales are paused. Please come back a little later.", "warn");
        await this.change(seat.key, () => state === "mine" ? this.basket.giveBack([seat.key], []) : this.basket.take([seat.key], [], this.access.for([seat.number])),
            state === "mine" ? `${seat.name} given back.` : `${seat.name} is kept for you.`);
    }

    toArea(area) {
        const field = document.getElementById(`area-${area.number}`);
        field?.scrollIntoView({block: "center"});
        field?.focus();
    }

    async changeArea(area, wanted) {
        const difference = wanted - this.basket.quantity(area.key);
        if (!difference || wanted < 0)
            return;
        await this.change(area.key, () => difference > 0 ? this.basket.take([], [{area: area.key, quantity: difference}])
                                                        : this.basket.giveBack([], [{area: area.key, quantity: -difference}]),
            `${area.name}: ${plural(wanted, "place is", "places are")} kept for you.`);
    }

    async change(key, action, done) {
        if (this.busy.has(key))
            return;
        this.busy.add(key);
        try {
            await action();
            this.say(null);
            announce([done, this.aloneText()].filter(Boolean).join(" "));
        } catch (problem) {
            this.refused(problem);
        } finally {
            this.busy.delete(key);
            this.refresh();
        }
    }

    refused(problem) {
        const names = (problem.details.seats ?? []).map(seat => seat.name ?? this.venue.seatByKey.get(seat.key)?.name);
        const text = {
            seat_taken: names.length ? `${names.join("; ")} – someone else was faster. Please choose another seat.` : problem.message,
            hold_gone: endedText(this.basket),
        }[problem.code] ?? problem.message;
        this.say(text, "warn");
        this.live.repair();
    }

    /** The basket is what the server has chosen, no more and no less. */
    get isChosen() {
        return this.basket.places.length > 0 && store.get(this.memory)?.chosen === printOf(this.basket.places);
    }

    /** Has the server choose for a party: beside what is held, or `instead`, which then may count its own places too. */
    async choose(wish, instead, ownCount) {
        if (this.busy.has("best"))
            return;
        this.busy.add("best");
        this.best.setBusy(true);
        const before = new Set(instead ? [] : this.basket.places.map(place => place.key));
        const isWhole = instead || !before.size;
        const best = bestOf(wish, this.performance.currency);
        try {
            await (instead ? this.basket.exchange(best, ownCount) : this.basket.choose(best));
            this.say(null);
            const chosen = this.basket.places.filter(place => !before.has(place.key));
            store.set(this.memory, {wish, chosen: isWhole ? printOf(chosen) : null});
            announce(`Kept for you: ${this.answerFor(chosen)}.`);
            this.showPlaces(chosen);
        } catch (problem) {
            this.choiceRefused(problem);
        } finally {
            this.busy.delete("best");
            this.best.setBusy(false);
            this.refresh();
        }
    }

    answerFor(chosen) {
        this.answered = printOf(this.basket.places);
        return this.best.chose(chosen, this.isChosen);
    }

    choiceRefused(problem) {
        if (!["sold_out", "purchase_limit", "invalid_input"].includes(problem.code))
            return this.refused(problem);
        this.answered = printOf(this.basket.places);
        announce(this.best.refused(problem, this.basket.places.length > 0));
        this.live.repair();
    }

    showPlaces(places) {
        const seats = places.map(place => this.venue.seatByKey.get(place.key)).filter(Boolean);
        this.map.show(seats);
        const button = this.listed.get(seats[0]?.number);
        button?.closest("details").setAttribute("open", "");
        (this.listPane.hidden ? this.mapPane : button ?? this.listPane).scrollIntoView({block: "nearest"});
    }

    mapChanged(delta) {
        if (!this.map)
            return;
        this.map.paintSoon();
        const changed = delta ? Object.values(delta.seats ?? {}).flat() : null;
        this.access.mapChanged(changed);
        const numbers = changed ?? this.listed.keys();
        for (const number of numbers) {
            if (this.listed.has(number))
                this.dressButton(this.venue.seats[number], this.listed.get(number));
        }
        if (!delta || delta.areas?.length)
            this.fillBasket();
    }

    refresh() {
        this.map.paintSoon();
        for (const [number, button] of this.listed)
            this.dressButton(this.venue.seats[number], button);
        if (this.answered !== printOf(this.basket.places))
            this.best.forget(); // It spoke of another choice.
        this.fillBasket();
    }

    fillBasket() {
        const focused = document.activeElement?.id;
        const places = this.basket.places;
        const {fees, total} = basketCost(this.detail, places.map(place => ({price: this.zones.get(place.category)?.prices[0], quantity: place.quantity})));
        this.clock = h("span.clock", {role: "timer"});
        this.summary.replaceChildren(...[
            h("h2", {}, "Your seats"),
            places.length ? h("p.kept", {}, "Kept for you for ", this.clock) : h("p.hint", {}, "Press a seat on the map or in the list. It is yours while the clock runs."),
            h("ul.lines", {}, places.map(place => this.basketLine(place))),
            this.venue.areas.map(area => this.areaPicker(area)),
            places.length ? fees.map(fee => h("p.cost", {}, h("span", {}, fee.name), h("span", {}, money(fee.amount)))) : null,
            places.length ? h("p.total", {}, h("span", {}, "Total"), h("strong", {id: "basket-total"}, money(total))) : null,
            this.aloneNote(),
            places.length ? h("a.button.primary.wide-button", {href: `#/p/${this.performance.id}/checkout`, id: "to-checkout",
                onclick: event => this.toCheckout(event)}, "Continue") : null,
            places.length ? this.helpPanel().element : null,
            refundableHint(this.detail),
            this.detail.purchase_limit ? h("p.hint", {}, `At most ${this.detail.purchase_limit} places per customer.`) : null,
        ].flat().filter(Boolean));
        this.tick();
        if (focused)
            document.getElementById(focused)?.focus({preventScroll: true});
    }

    aloneText() {
        const names = this.basket.leftAlone.map(seat => seat.name);
        if (!names.length)
            return "";
        return names.length === 1 ? `${names[0]} would be left alone, and hardly anybody buys a single seat. Take it too, or move along by one.`
            : `These seats would be left alone: ${names.join("; ")}. Take them too, or move along.`;
    }

    /** The order would be refused for these seats, so the way out is offered while there is still time. */
    aloneNote() {
        const alone = this.basket.leftAlone.map(({key}) => this.venue.seatByKey.get(key));
        if (!alone.length)
            return null;
        const price = standardPrice(this.zones.get(alone[0].category));
        const one = alone.length === 1;
        const keys = alone.map(seat => seat.key);
        const text = one ? `${alone[0].name} is kept for you.` : "They are kept for you.";
        return h("div.alone-note", {id: "left-alone", tabindex: -1, role: "group", "aria-label": "A seat would be left alone"},
            h("p", {}, this.aloneText()),
            h("p.best-offers", {},
                h("button.button", {type: "button", id: "take-alone", onclick: () => this.change("alone", () => this.basket.take(keys, [], this.access.for(alone.map(seat => seat.number))), text)},
                    one && price ? `Take it too – ${money(price)}` : `Take ${one ? "it" : "them"} too`),
                this.basket.places.some(place => place.is_area) ? null
                    : h("button.button", {type: "button", id: "move-along", onclick: () => this.moveAlong()}, "Choose others for me")));
    }

    /** As many seats in the same zone, if they are all in one, which leave nobody alone. */
    moveAlong() {
        const places = this.basket.places;
        const zones = new Set(places.map(place => this.zones.get(place.category)?.id ?? ""));
        const wish = {...anyWish, size: places.length, zone: zones.size === 1 ? [...zones][0] : ""};
        this.best.setWish(wish);
        return this.choose(wish, true, true);
    }

    /** Somebody may have taken the lone seat meanwhile, so the server is asked before the visitor is sent back. */
    async toCheckout(event) {
        if (!this.basket.leftAlone.length)
            return;
        event.preventDefault();
        try {
            await this.basket.reread();
        } catch (problem) {
            this.refused(problem);
        }
        this.refresh();
        if (!this.basket.leftAlone.length && this.basket.places.length) {
            location.hash = `#/p/${this.performance.id}/checkout`;
            return;
        }
        document.getElementById("left-alone")?.focus();
        announce(this.aloneText());
    }

    /** One for the life of a hold: its code stays on the screen while the basket changes. */
    helpPanel() {
        if (this.help?.hold !== this.basket.view.id) {
            this.help?.close();
            this.help = new HelpPanel(this.basket, () => {
                this.say(endedText(this.basket), "warn");
                this.live.repair();
                this.refresh();
            });
        }
        return this.help;
    }

    basketLine(place) {
        const zone = this.zones.get(place.category);
        const price = standardPrice(zone);
        return h("li", {},
            h("span.swatch", {color: this.colorOf(place.category), "aria-hidden": "true"}),
            h("span.line-name", {}, place.is_area ? `${place.name} × ${place.quantity}` : place.name, h("small", {}, `${zone?.name ?? ""} · ${price ? money(price) : ""}`)),
            h("button.remove", {type: "button", "aria-label": `Give back ${place.name}`, onclick: () => place.is_area
                ? this.changeArea(this.venue.areaByKey.get(place.key), 0) : this.toggle(this.venue.seatByKey.get(place.key))}, "×"));
    }

    areaPicker(area) {
        const mine = this.basket.quantity(area.key);
        const {free} = this.areaState(area);
        const most = mine + Math.min(free, 10);
        return h("div.area-pick", {},
            h("label", {for: `area-${area.number}`}, area.name, h("small", {}, free > 0 || mine ? `standing, ${free} free` : "sold out")),
            h("select", {id: `area-${area.number}`, disabled: most === 0 || !this.onSale, onchange: event => this.changeArea(area, Number(event.target.value))},
                Array.from({length: most + 1}, (_, n) => h("option", {value: n, selected: n === mine}, String(n)))));
    }

    tick() {
        if (!this.basket.places.length)
            return;
        const left = this.basket.secondsLeft;
        if (left <= 0) {
            this.basket.forget();
            this.say(endedText(this.basket), "warn");
            this.live.repair();
            this.refresh();
            return;
        }
        this.clock.textContent = countdown(left);
        this.clock.classList.toggle("urgent", left < warnSeconds);
        if (left < warnSeconds && this.warned !== this.basket.view.id) {
            this.warned = this.basket.view.id;
            announce("Your seats are kept for two more minutes.");
        }
    }
}

export async function seatsPage(main, id) {
    const detail = await api.performance(id);
    const page = new SeatsPage(main, detail, readVenue(await api.layout(detail.layout)));
    await page.open();
    return () => page.close();
}
