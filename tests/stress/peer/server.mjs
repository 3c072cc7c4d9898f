// A queue as people would build it: Fastify takes the plans, graphile-worker keeps them as jobs.
import Fastify from 'fastify';
import { makeWorkerUtils } from 'graphile-worker';

const queue = await makeWorkerUtils({ connectionString: process.env.DATABASE_URL, maxPoolSize: 16 });
await queue.migrate();

const ADD = `select count(*) from graphile_worker.add_jobs(
  array(select json_populate_recordset(null::graphile_worker.job_spec, $1::json)))`;

const server = Fastify({ bodyLimit: 8 * 1024 * 1024 });
server.post('/plans', async (request) => {
  const { shop } = request.headers;
  const jobs = request.body.map((plan) => ({ identifier: 'send', payload: plan, job_key: `${shop} ${plan.key}` }));
  await queue.withPgClient((client) => client.query(ADD, [JSON.stringify(jobs)]));
  return { results: jobs.map(() => ({ status: 'accepted' })) };
});
const address = await server.listen({ host: '127.0.0.1', port: 0 });
console.log(JSON.stringify({ listening: new URL(address).host }));
