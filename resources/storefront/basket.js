// The visitor's hold of one performance. Its id is made here and kept in sessionStorage before anything is sent, so a
// reload, the back button or a lost answer find the same hold again (design D5).

import {api} from "./api.js";
import {store} from "./dom.js";
import {uuidV7} from "./format.js";

export class Basket {
    constructor(performance) {
        this.performance = performance;
        this.name = `hold.${performance}`;
        this.view = null;
        this.accessCode = null; // The last that was given with seats, should they have to be taken again.
        this.endsAt = 0; // By performance.now(): the visitor's wall clock may be wrong.
        this.handedTo = null; // "desk" or "web" once somebody else goes on with the hold.
    }

    get places() { return this.view?.state === "live" ? this.view.places : []; }
    /** Seats for which an order would be refused as the hold is: they would be left alone. */
    get leftAlone() { return this.view?.state === "live" ? this.view.left_alone ?? [] : []; }
    get secondsLeft() { return this.view?.state === "live" ? (this.endsAt - performance.now()) / 1000 : 0; }
    has(key) { return this.places.some(place => place.key === key); }
    quantity(key) { return this.places.find(place => place.key === key)?.quantity ?? 0; }

    accept(view) {
        this.view = view;
        this.endsAt = performance.now() + view.seconds_left * 1000;
        if (view.state === "live" || view.state === "frozen")
            store.set(this.name, view.id); // Of a hold that was handed over it is new here.
        else
            store.remove(this.name);
        return view;
    }

    /** A hold that somebody handed over to this visitor; `before` is what was kept here instead, if there was anything. */
    static adopt(view) {
        const basket = new Basket(view.performance);
        const before = store.get(basket.name);
        basket.before = before === view.id ? null : before;
        basket.accept(view);
        return basket;
    }

    /** Finds the hold of an earlier visit; true when there was one and it has ended or went to somebody else. */
    async restore() {
        const id = store.get(this.name);
        if (!id)
            return false;
        try {
            const view = this.accept(await api.hold(id));
            return view.state === "expired";
        } catch (problem) {
            if (!["hold_gone", "not_found"].includes(problem.code))
                throw problem;
            this.gone(problem);
            return true;
        }
    }

    /** The hold is over for this visitor, and the refusal may say who goes on with it. */
    gone(problem) {
        this.handedTo = problem.details?.handed_to ?? null;
        this.forget();
    }

    forget() {
        this.view = null;
        store.remove(this.name);
    }

    /** One press of many, perhaps: a seat that is left alone is told and judged with the order. */
    async take(seats, areas, accessCode = this.accessCode) {
        this.accessCode = accessCode ?? this.accessCode;
        return this.ask({seats, areas, still_choosing: true, ...(accessCode ? {access_code: accessCode} : {})});
    }

    /** Places that the server chooses, beside what is held. */
    async choose(best) {
        return this.ask({best});
    }

    async ask(places) {
        const id = store.get(this.name) ?? uuidV7();
        store.set(this.name, id);
        try {
            return this.accept(await api.takeHold({hold: id, performance: this.performance, ...places}, uuidV7()));
        } catch (problem) {
            if (problem.code === "hold_gone" || problem.code === "wrong_state")
                this.gone(problem);
            throw problem;
        }
    }

    /**
     * Places that the server chooses, in place of what is held. What is held is given back last, so that it is kept
     * where there are no others; first only where both are more than one customer may have, or where `ownCount`: its
     * own places may be needed. It is taken again then if nothing was found.
     */
    async exchange(best, ownCount) {
        const old = this.view;
        try {
            // The new id is not kept before it is sent: should its answer be lost, the old hold is still the visitor's.
            const fresh = await api.takeHold({hold: uuidV7(), performance: this.performance, best}, uuidV7());
            store.set(this.name, fresh.id);
            this.accept(fresh);
            await api.dropHold(old.id, uuidV7()).catch(() => {}); // Else its time ends it.
            return fresh;
        } catch (problem) {
            if (problem.code !== "purchase_limit" && !(problem.code === "sold_out" && ownCount))
                throw problem;
        }
        await api.dropHold(old.id, uuidV7());
        this.forget();
        try {
            return await this.choose(best);
        } catch (problem) {
            this.forget();
            const areas = old.places.filter(place => place.is_area).map(place => ({area: place.key, quantity: place.quantity}));
            await this.take(old.places.filter(place => !place.is_area).map(place => place.key), areas).catch(() => {});
            throw problem;
        }
    }

    /** The hold as the server sees it now. */
    async reread() {
        return this.accept(await api.hold(this.view.id));
    }

    async giveBack(seats, areas) {
        return this.accept(await api.releasePlaces(this.view.id, {seats, areas}, uuidV7()));
    }

    async offerHandover() {
        return api.offerHandover(this.view.id, uuidV7());
    }

    async renew() {
        return this.accept(await api.renewHold(this.view.id, uuidV7()));
    }
}
