/** A server of a benchmark: says where it listens, and how much CPU it has used when it is asked. */
export function reportTo(parent, facts) {
  parent.on('message', (message) => {
    if (message === 'cpu') parent.send({ cpu: process.cpuUsage() });
  });
  parent.on('disconnect', () => process.exit(0));
  parent.send({ ready: facts });
}
