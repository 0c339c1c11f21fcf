// What staff do beside the shop, over the desks' own WebSocket from within a page of the same server.

/** An allocation of `count` free seats of the last performance on sale, next to each other; says which. */
export async function setAllocationAside(page, server, {code, name, accessCode, count}) {
    await page.goto(server.url);
    return page.evaluate(async ({admin, code, name, accessCode, count}) => {
        const socket = new WebSocket(`${location.origin.replace(/^http/, "ws")}/v1/desk`);
        await new Promise((done, failed) => Object.assign(socket, {onopen: done, onerror: failed}));
        const ask = (type, body) => new Promise((done, failed) => {
            const id = crypto.randomUUID();
            socket.addEventListener("message", function heard({data}) {
                const answer = JSON.parse(data);
                if (answer.re !== id)
                    return;
                socket.removeEventListener("message", heard);
                answer.type === "refused" ? failed(new Error(`${type}: ${answer.body.message}`)) : done(answer.body);
            });
            socket.send(JSON.stringify({type, id, body}));
        });
        const own = "a password of the storefront tests";
        await ask("hello", {version: 1, version_min: 1, software: "storefront tests"});
        await ask("sign_in", {user: admin.user, password: admin.password});
        await ask("change_password", {old_password: admin.password, new_password: own});
        const {performances} = await ask("list_performances", {});
        const performance = performances.filter(({state}) => state === "on_sale").at(-1).id;
        const {layout, snapshot} = await ask("open_map", {performance});
        const rows = layout.sections.flatMap(section => section.rows ?? []);
        let number = 0;
        let seats = null;
        for (const row of rows) {
            const states = snapshot.seats.slice(number, number + row.seats.length);
            number += row.seats.length;
            if (!seats && row.seats.length >= count && /^a+$/.test(states.slice(0, count)))
                seats = row.seats.slice(0, count).map(({key}) => key);
        }
        await ask("put_house_code", {performance, code, name, kind: "allocation", color: "#7b5ea7", access_code: accessCode});
        await ask("move_seats", {performance, move: "set_aside", code, seats, reason: "A test of the shop"});
        socket.close();
        return {performance, seats};
    }, {admin: server.admin, code, name, accessCode, count});
}
