using Recurant.Bench.Peers;
using Recurant.Goldens;
using TorchSharp;

TorchLibrary.MakeLoadable();
if (args.Length != 1 || !Directory.Exists(args[0]))
{
    Console.Error.WriteLine("usage: make-goldens DIRECTORY   (the directory, such as tests/goldens, must exist)");
    return 2;
}

torch.set_num_threads(1);
LayerGoldens.Write(args[0]);
StepGoldens.Write(args[0]);
CellGoldens.Write(args[0]);
return 0;
