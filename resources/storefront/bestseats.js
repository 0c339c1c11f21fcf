// The form that has the server choose the best places for a party, and what it says about the outcome. It takes
// nothing itself: `find(wish)` and `others(wish)` do, and tell the form with chose() or refused() what came of it.

import {h} from "./dom.js";
import {money, plural} from "./format.js";
import {anyWish, easierWishes, placeTexts, priceLimits, sizes} from "./partywish.js";

const accessNames = {wheelchairs: "Wheelchair spaces", step_free: "Seats without a step"};

export class BestSeats {
    /** `house` is {zones, venue, currency, purchaseLimit, countFree}; `wish` what was asked for last, if anything. */
    constructor(house, wish, {find, others}) {
        Object.assign(this, {house, find, others});
        this.wish = {...anyWish, ...wish};
        this.answer = h("div.best-answer", {id: "best-answer", hidden: true});
        this.submit = h("button.primary", {type: "submit", id: "best-find"}, "Find seats");
        this.fields = h("div.best-fields", {});
        this.more = h("details.best-more", {id: "best-more"}, h("summary", {}, "More choices"), h("div.best-fields", {}));
        this.element = h("form.best", {"aria-labelledby": "best-title", onsubmit: event => {
            event.preventDefault();
            this.find(this.wish);
        }}, h("h2", {id: "best-title"}, "Best seats"), this.fields, this.more, this.answer);
        this.fill();
    }

    fill() {
        const {zones, venue, currency, purchaseLimit} = this.house;
        const priced = [...zones.values()].filter(zone => zone.prices.length);
        const sections = [...new Set(venue.sections.filter(section => section.rows.length || section.areas.length)
            .map(section => section.name).filter(Boolean))];
        const has = kind => venue.seats.some(seat => seat.accessibility === kind);
        const needs = [has("wheelchair") && "wheelchairs", has("step_free") && "step_free"].filter(Boolean);
        const count = sizes(purchaseLimit).map(n => [n, String(n)]);
        this.fields.replaceChildren(
            this.choice("size", "Places", count, Number),
            this.choice("zone", "Price zone", [["", "Any"], ...priced.map(zone => [zone.id, `${zone.name} – ${money(zone.prices[0].amount)}`])]),
            this.choice("together", "Seating", [["", "Together if possible"], ["together", "Only side by side"]], Boolean),
            this.submit);
        const type = priced[0]?.prices[0].type.name;
        this.more.lastElementChild.replaceChildren(...[
            this.choice("priceMax", type ? `Highest price (${type})` : "Highest price", [["", "Any"],
                ...priceLimits(priced).map(({amount, shown}) => [amount, `up to ${money({amount: shown, currency})}`])]),
            sections.length > 1 ? this.choice("section", "Part of the house", [["", "Anywhere"], ...sections.map(name => [name, name])]) : null,
            needs.length ? this.choice("access", "Access", [["", "No needs"], ...needs.map(need => [need, accessNames[need]])]) : null,
            needs.length ? this.choice("accessible", "For how many", count, Number) : null,
            needs.length ? h("p.hint", {id: "best-companions"}, "The others of your party are seated beside them.") : null].filter(Boolean));
        this.more.open = ["priceMax", "section", "access"].some(limit => this.wish[limit]);
        this.showNeeds();
    }

    choice(name, label, options, read = String) {
        const id = `best-${name.toLowerCase()}`;
        const kept = String(this.wish[name] || "");
        const given = name === "together" ? (this.wish.together ? "together" : "") : kept;
        return h("div.best-field", {}, h("label", {for: id}, label), h("select", {id, onchange: event => {
            this.wish = {...this.wish, [name]: read(event.target.value)};
            this.showNeeds();
        }}, options.map(([value, text]) => h("option", {value, selected: String(value) === given}, text))));
    }

    /** How many is asked only of those who have said what they need. */
    showNeeds() {
        const field = this.element.querySelector("#best-accessible");
        if (!field)
            return;
        this.wish.accessible = Math.min(this.wish.accessible, this.wish.size);
        [...field.options].forEach(option => { option.hidden = option.disabled = Number(option.value) > this.wish.size; });
        field.value = String(this.wish.accessible);
        field.parentElement.hidden = !this.wish.access;
        this.element.querySelector("#best-companions").hidden = !this.wish.access;
    }

    /** As if the visitor had chosen it in the form. */
    setWish(wish) {
        this.wish = {...wish};
        this.fill();
    }

    setBusy(busy) {
        this.submit.disabled = busy;
        for (const button of this.answer.querySelectorAll("button"))
            button.disabled = busy;
    }

    /** Shows what was chosen, with a way to others where it can be exchanged; returns it as text. */
    chose(places, canExchange) {
        const text = placeTexts(places, this.house.venue).join("; ");
        const others = h("button.button", {type: "button", id: "best-others", onclick: () => this.others(this.wish)}, "Other seats");
        this.say("good", h("p", {}, h("strong", {}, "Chosen for you: "), text), canExchange ? h("p.best-offers", {}, others) : null);
        return text;
    }

    /** Shows why nothing fits and which limit could go; returns it as text. */
    refused(problem, areKept) {
        const offers = problem.code === "sold_out" ? easierWishes(this.wish, this.house.countFree) : [];
        const buttons = offers.map(offer => h("button.button", {type: "button", "data-limit": offer.limit, onclick: () => {
            this.setWish(offer.wish);
            this.find(this.wish);
        }}, this.offerText(offer)));
        const text = [problem.message, areKept && "The places that you have are still kept for you."].filter(Boolean).join(" ");
        const advice = offers.length ? "This would fit:" : null;
        this.say("warn", h("p", {}, text), advice && h("p.best-advice", {}, advice), buttons.length ? h("p.best-offers", {}, buttons) : null);
        return [text, advice, offers.map(offer => this.offerText(offer)).join("; ")].filter(Boolean).join(" ");
    }

    offerText({limit, wish, free}) {
        const text = {together: "Let the party sit apart", zone: "Any price zone", priceMax: "Any price", section: "Anywhere in the house",
            size: `Take ${plural(wish.size, "place", "places")}`, all: "Any zone, price and part of the house"}[limit];
        return limit === "size" ? text : `${text} (${free} free)`;
    }

    say(kind, ...content) {
        this.answer.replaceChildren(...content.filter(Boolean));
        this.answer.className = `best-answer ${kind}`;
        this.answer.hidden = false;
    }

    forget() {
        this.answer.hidden = true;
    }
}
