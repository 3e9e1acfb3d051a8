import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Follower } from "../src/following.ts";
import { type Heard, Refused } from "../src/stream.ts";

interface Connection {
  topics: string[];
  hear: (heard: Heard) => void;
  signal: AbortSignal;
  end: () => void;
  fail: (error: Error) => void;
}

let connections: Connection[];
let told: string[];
let pauses: { milliseconds: number; act: () => void }[];
let follower: Follower;

beforeEach(() => {
  connections = [];
  told = [];
  pauses = [];
  follower = new Follower(
    {
      listen: (topics, hear, signal) =>
        new Promise((end, fail) => {
          connections.push({ topics, hear, signal, end, fail });
        }),
      changed: (topics) => told.push(`changed ${topics.join(" ")}`),
      missed: (topics) => told.push(`missed ${topics.join(" ")}`),
      connected: (isConnected) => told.push(isConnected ? "connected" : "not connected"),
      refused: (status) => told.push(`refused ${status}`),
      wait: (milliseconds, act) => {
        const pause = { milliseconds, act };
        pauses.push(pause);
        return () => pauses.splice(pauses.indexOf(pause), 1);
      },
      chance: () => 1,
    },
    "p.1",
  );
});

const last = (): Connection => connections[connections.length - 1] as Connection;
const hello = (mark = "p.1"): void => last().hear({ event: "hello", data: mark });
const settled = (): Promise<void> => new Promise((done) => setImmediate(done));
const cut = async (): Promise<void> => {
  last().end();
  await settled();
};

test("changes of followed topics are told", () => {
  follower.follow(["conversation:7", "live_chat:1"]);
  hello();
  last().hear({ event: "changed", data: "conversation:7\nlive_chat:1" });
  assert.deepEqual(told, ["connected", "changed conversation:7 live_chat:1"]);
});

test("a page that was made a moment ago asks for everything once", () => {
  follower.follow(["a", "b"]);
  hello("p.2");
  assert.deepEqual(told, ["connected", "missed a b"]);
});

test("it comes back after it was cut off, and asks for what it may have missed", async () => {
  follower.follow(["a"]);
  hello();
  await cut();
  assert.equal(connections.length, 1);
  pauses.shift()?.act();
  hello("p.1");
  assert.deepEqual(told, ["connected", "connected", "missed a"]);
});

test("pauses grow up to a limit, and begin anew after a success", async () => {
  follower.follow(["a"]);
  hello();
  const waited: number[] = [];
  for (let attempt = 0; attempt < 9; attempt += 1) {
    await cut();
    const pause = pauses.shift();
    waited.push(pause?.milliseconds ?? 0);
    pause?.act();
  }
  assert.deepEqual(waited, [500, 1000, 2000, 4000, 8000, 16000, 20000, 20000, 20000]);
  assert.ok(told.includes("not connected"));
  hello();
  await cut();
  assert.equal(pauses[0]?.milliseconds, 500);
});

test("a topic more opens a second connection before the first is closed, and only what is new is asked for", () => {
  follower.follow(["a"]);
  hello();
  const first = last();
  follower.follow(["a", "b"]);
  assert.equal(connections.length, 2);
  assert.equal(first.signal.aborted, false);
  hello("p.9");
  assert.equal(first.signal.aborted, true);
  assert.deepEqual(told, ["connected", "connected", "missed b"]);
});

test("the same topics in another order change nothing", () => {
  follower.follow(["a", "b"]);
  hello();
  follower.follow(["b", "a", "a"]);
  assert.equal(connections.length, 1);
});

test("no topics, no connection", () => {
  follower.follow([]);
  assert.equal(connections.length, 0);
  follower.follow(["a"]);
  follower.follow([]);
  assert.equal(last().signal.aborted, true);
});

test("who may not listen does not come again", async () => {
  follower.follow(["a"]);
  last().fail(new Refused(401));
  await settled();
  assert.deepEqual(told, ["refused 401"]);
  assert.equal(pauses.length, 0);
});

test("stopped, it is silent; later it asks for what it missed", async () => {
  follower.follow(["a"]);
  hello();
  follower.stop();
  await cut();
  assert.equal(pauses.length, 0);
  follower.follow(["a"]);
  hello();
  assert.deepEqual(told, ["connected", "connected", "missed a"]);
});
