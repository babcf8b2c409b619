using BenchmarkDotNet.Running;
using Recurant.Bench;

if (args is ["where"])
{
    WhereTimeGoes.Run();
    return;
}

BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
