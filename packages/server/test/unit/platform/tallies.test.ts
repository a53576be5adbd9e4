import fc from 'fast-check';
import { AggregatorRegistry, Histogram, Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { counterTallies, gaugeTallies, secondsTallies } from '../../../src/platform/metrics/tallies.ts';

const about = { name: 'seconds', help: 'Some time', labelNames: ['kind'] as const, buckets: [0.1, 0.5, 2.5] };

test('a histogram says of the same observations what the library says', async () => {
  const observation = fc.tuple(fc.constantFrom('a', 'b'), fc.constantFrom(0, 0.05, 0.1, 0.3, 0.5, 2.5, 2.6, 1000));
  await fc.assert(
    fc.asyncProperty(fc.array(observation, { maxLength: 30 }), async (observations) => {
      const [ours, theirs] = [new Registry(), new Registry()];
      const tally = secondsTallies({ ...about, registry: ours });
      const library = new Histogram({ ...about, buckets: [...about.buckets], registers: [theirs] });
      const tallies = new Map<string, (seconds: number) => void>();
      for (const [kind, seconds] of observations) {
        if (!tallies.has(kind)) tallies.set(kind, tally({ kind }));
        tallies.get(kind)?.(seconds);
        library.observe({ kind }, seconds);
      }
      expect(await ours.metrics()).toBe(await theirs.metrics());
      expect(await sumOfTwo(ours)).toBe(await sumOfTwo(theirs));
    }),
  );
});

test('counters and gauges show everything that was added, however often they are read', async () => {
  const registry = new Registry();
  const options = { help: 'Some', labelNames: ['kind'] as const, registry };
  const counted = counterTallies({ name: 'counted', ...options })({ kind: 'a' });
  const level = gaugeTallies({ name: 'level', ...options })({ kind: 'a' });
  counted.add();
  level.add(5);
  await registry.metrics();
  counted.add(2);
  level.add(-4);
  await Promise.all([registry.metrics(), registry.getMetricsAsJSON()]);
  const text = await registry.metrics();
  expect(text).toContain('counted{kind="a"} 3');
  expect(text).toContain('level{kind="a"} 1');
});

/** As the primary sums up its workers. */
async function sumOfTwo(registry: Registry): Promise<string> {
  const workers = [await registry.getMetricsAsJSON(), await registry.getMetricsAsJSON()];
  return await AggregatorRegistry.aggregate(workers).metrics();
}
