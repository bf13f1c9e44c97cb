import { ConfigModule } from '@nestjs/config';

/** Every variable of `process.env`, and of `.env` in the working folder where that says nothing. Holds secrets. */
export async function readEnvironment({ envFile = true } = {}): Promise<Readonly<Record<string, string>>> {
  let found: Readonly<Record<string, string>> = {};
  await ConfigModule.forRoot({
    ignoreEnvFile: !envFile,
    skipProcessEnv: true,
    // An empty answer: Nest would write what it gets into process.env, where child processes inherit the secrets.
    validate: (variables: Record<string, string>) => {
      found = variables;
      return {};
    },
  });
  return found;
}
