/** Passes connections from one port of every address on to one of the loopback address. */
import { connect, createServer } from 'node:net';

const [from, to] = process.argv.slice(2).map(Number);
createServer((caller) => {
  const inside = connect(to, '127.0.0.1');
  const end = () => {
    caller.destroy();
    inside.destroy();
  };
  for (const each of [caller, inside]) each.on('error', end).on('close', end);
  caller.pipe(inside).pipe(caller);
}).listen(from, '0.0.0.0');
