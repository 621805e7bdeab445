// Answers simulation requests, one JSON document a line, through the package named in argv[2].
// The package is installed for the test only; nothing of it is part of this project.
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

const { runSimulation } = await import(pathToFileURL(process.argv[2]).href);
for await (const line of createInterface({ input: process.stdin })) {
  let answer;
  try {
    const r = await runSimulation(JSON.parse(line), {});
    answer = r.resultType === 'error'
      ? { error: JSON.stringify(r.errors) }
      : { result: r.overallResult, ignored: r.result?.ignoredContextKeys ?? r.results?.[0]?.ignoredContextKeys ?? [] };
  } catch (e) {
    answer = { error: e.message };
  }
  process.stdout.write(JSON.stringify(answer) + '\n');
}
