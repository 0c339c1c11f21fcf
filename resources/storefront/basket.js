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
        this.endsAt = 0; // By performance.now(): the visitor's wall clock may be wrong.
    }

    get places() { return this.view?.state === "live" ? this.view.places : []; }
    get secondsLeft() { return this.view?.state === "live" ? (this.endsAt - performance.now()) / 1000 : 0; }
    has(key) { return this.places.some(place => place.key === key); }
    quantity(key) { return this.places.find(place => place.key === key)?.quantity ?? 0; }

    accept(view) {
        this.view = view;
        this.endsAt = performance.now() + view.seconds_left * 1000;
        if (view.state !== "live" && view.state !== "frozen")
            store.remove(this.name);
        return view;
    }

    /** Finds the hold of an earlier visit; true when there was one and it has ended. */
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
            this.forget();
            return true;
        }
    }

    forget() {
        this.view = null;
        store.remove(this.name);
    }

    async take(seats, areas) {
        const id = store.get(this.name) ?? uuidV7();
        store.set(this.name, id);
        try {
            return this.accept(await api.takeHold({hold: id, performance: this.performance, seats, areas}, uuidV7()));
        } catch (problem) {
            if (problem.code === "hold_gone" || problem.code === "wrong_state")
                this.forget();
            throw problem;
        }
    }

    async giveBack(seats, areas) {
        return this.accept(await api.releasePlaces(this.view.id, {seats, areas}, uuidV7()));
    }

    async renew() {
        return this.accept(await api.renewHold(this.view.id, uuidV7()));
    }
}
