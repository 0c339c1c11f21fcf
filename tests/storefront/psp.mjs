// parterre-psp as a process of its own, its knobs, and a shop's end of its webhooks. Stopped by its own pid.

import {spawn} from "node:child_process";
import {once} from "node:events";
import http from "node:http";
import path from "node:path";

const source = path.resolve(import.meta.dirname, "../..");
const startSecondsMax = 60;
export const secretKey = "sk_test_of_these_tests";

export class Psp {
    static async start(flags = []) {
        const psp = new Psp();
        const binary = path.join(process.env.PARTERRE_BIN_DIR ?? path.join(source, "build/dev/bin"), "parterre-psp");
        psp.child = spawn(binary, ["--port", "0", "--secret-key", secretKey, ...flags], {stdio: ["ignore", "pipe", "inherit"]});
        psp.ended = once(psp.child, "exit");
        psp.url = await psp.readyUrl();
        return psp;
    }

    readyUrl() {
        return new Promise((done, failed) => {
            let text = "";
            setTimeout(() => failed(new Error("parterre-psp was not ready in time")), startSecondsMax * 1000).unref();
            this.ended.then(() => failed(new Error("parterre-psp ended before it was ready")));
            this.child.stdout.on("data", chunk => {
                text += chunk;
                const ready = /parterre-psp is ready: (http:\S+)/.exec(text);
                if (ready)
                    done(ready[1]);
            });
        });
    }

    async call(method, where, body) {
        const answer = await fetch(this.url + where, {method, body: body && JSON.stringify(body)});
        if (!answer.ok)
            throw new Error(`${method} ${where}: ${answer.status} ${await answer.text()}`);
        return answer.status === 204 ? undefined : answer.json();
    }
    fault(fault) { return this.call("POST", "/_psp/faults", fault); }
    knobs(knobs) { return this.call("PATCH", "/_psp/knobs", knobs); }
    calm() { return this.call("PUT", "/_psp/knobs", {}); }
    totals(by) { return this.call("GET", `/_psp/totals${by ? `?by=${by}` : ""}`); }

    async stop(signal = "SIGTERM") {
        this.child.kill(signal);
        await this.ended;
    }
}

// Receives webhooks and keeps their bytes and signatures; `refuses` of them are answered with 500 first.
export class Mailbox {
    static async open() {
        const box = new Mailbox();
        box.letters = [];
        box.refuses = 0;
        box.server = http.createServer(async (request, response) => {
            const chunks = [];
            for await (const chunk of request)
                chunks.push(chunk);
            box.letters.push({body: Buffer.concat(chunks).toString(), signature: request.headers["stripe-signature"]});
            response.writeHead(box.refuses-- > 0 ? 500 : 204).end();
        });
        box.server.listen(0, "127.0.0.1");
        await once(box.server, "listening");
        box.url = `http://127.0.0.1:${box.server.address().port}/webhooks`;
        return box;
    }

    async until(wanted, what) {
        for (const end = Date.now() + 20_000; Date.now() < end; await new Promise(next => setTimeout(next, 20))) {
            const found = this.letters.filter(wanted);
            if (found.length > 0)
                return found;
        }
        throw new Error(`No webhook came: ${what}`);
    }

    close() {
        this.server.closeAllConnections();
        this.server.close();
    }
}
