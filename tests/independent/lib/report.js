/** What the programs print: a line for each check, and a verdict. */

/** The folder that was named on the command line. */
export function directoryArgument() {
  const [directory] = process.argv.slice(2);
  if (directory === undefined) {
    console.error("usage: node <program>.js DIR");
    process.exit(2);
  }
  return directory;
}

export function report() {
  let passed = 0;
  let failed = 0;
  return {
    /** Runs a check, which throws the reason when it fails. */
    async check(name, run) {
      try {
        await run();
        passed += 1;
        console.log(`ok      ${name}`);
      } catch (error) {
        failed += 1;
        console.log(`FAILED  ${name}: ${error.message}`);
      }
    },
    /** Prints the verdict and ends the program. */
    finish() {
      console.log(`${passed} passed, ${failed} failed`);
      process.exit(failed === 0 && passed > 0 ? 0 : 1);
    },
  };
}
