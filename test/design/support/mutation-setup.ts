import fc from 'fast-check';

/** For mutation tests only: a property gets 300 ms for each mutant and is not shrunk, so that thousands of mutants take minutes. */
fc.configureGlobal({ interruptAfterTimeLimit: 300, markInterruptAsFailure: false, endOnFailure: true });
