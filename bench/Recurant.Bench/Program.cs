using BenchmarkDotNet.Running;
using Recurant.Bench;

if (args is ["where"])
{
    WhereTimeGoes.Run();
    return;
}

if (args is ["cells", .. string[] threads])
{
    CellSpeed.Run(threads);
    return;
}

if (args is ["layers"])
{
    LayerSpeed.Run();
    return;
}

BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
