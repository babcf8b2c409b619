using System.Runtime.CompilerServices;

// Locals are always written before they are read, so clearing the stack of every kernel call is wasted work.
[module: SkipLocalsInit]
