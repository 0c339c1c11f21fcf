// The server under test: the one named by PARTERRE_URL, or a fresh parterred with the demo season in a directory of
// its own, stopped by its own pid.

import {spawn, spawnSync} from "node:child_process";
import {chmodSync, mkdtempSync, rmSync, statfsSync} from "node:fs";
import {tmpdir} from "node:os";
import path from "node:path";

const source = path.resolve(import.meta.dirname, "../..");
const startSecondsMax = 90;
export const parterred = path.join(process.env.PARTERRE_BIN_DIR ?? path.join(source, "build/dev/bin"), "parterred");

/** In memory where there is plenty of it, as in tests/support/roomyfolder.cpp. */
function roomyFolder() {
    try {
        const memory = statfsSync("/dev/shm");
        return memory.bavail * memory.bsize > 4 * 2 ** 30 ? "/dev/shm" : tmpdir();
    } catch {
        return tmpdir();
    }
}

/** `flags` are more of `parterred serve`; a server that needs some is never the one of PARTERRE_URL. */
export async function startServer(flags = []) {
    if (process.env.PARTERRE_URL && flags.length === 0)
        return {url: process.env.PARTERRE_URL, stop: async () => {}};
    const data = mkdtempSync(path.join(roomyFolder(), "parterre-shop-"));
    chmodSync(data, 0o711); // Run as root, the server's PostgreSQL is another user, who has to pass through.
    const season = spawnSync(parterred, ["apply-season", path.join(source, "resources/demo/season.json"), "--data-dir", data],
        {stdio: "inherit"});
    if (season.status !== 0)
        throw new Error(`The demo season could not be applied: ${season.error ?? `exit ${season.status}`}`);
    const child = spawn(parterred, ["serve", "--port", "0", "--data-dir", data, ...flags], {stdio: ["ignore", "pipe", "inherit"]});
    const ended = new Promise(done => child.once("exit", done));
    const stop = async () => {
        child.kill("SIGTERM");
        await ended;
        rmSync(data, {recursive: true, force: true});
    };
    try {
        return {...await readyServer(child, ended), data, stop};
    } catch (error) {
        await stop();
        throw error;
    }
}

/** Its address, and the administrator that a new data directory has. */
function readyServer(child, ended) {
    return new Promise((done, failed) => {
        let text = "";
        setTimeout(() => failed(new Error(`parterred was not ready within ${startSecondsMax} s`)), startSecondsMax * 1000).unref();
        ended.then(() => failed(new Error("parterred ended before it was ready")));
        child.stdout.on("data", chunk => {
            text += chunk;
            const ready = /parterred is ready: (http:\S+)/.exec(text);
            const admin = /admin user: (\S+)\s+one-time password: (\S+)/.exec(text);
            if (ready)
                done({url: ready[1], admin: admin && {user: admin[1], password: admin[2]}});
        });
    });
}
