import pg from 'pg';

/** A session of somebody who has nothing to do with the migration, under the name by which the server knows it. */
export async function openBystander(databaseUrl: string, applicationName: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: databaseUrl, application_name: applicationName });
  // A lost session answers its open statement with an error; nothing else has to hear of it.
  client.on('error', () => undefined);
  await client.connect();
  return client;
}
