using System.Diagnostics;
using System.Globalization;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using System.Security.Cryptography;
using Recurant.TestHost;

// Trains small models in this process and prints the SHA-256 of each model file, for tests that compare processes:
//   Recurant.TestHost DIRECTORY small|all THREADS [kill|cancel|resume]
// or writes what must not depend on the culture it runs in:
//   Recurant.TestHost DIRECTORY culture
// cancel: every run is cancelled when its first epoch is over; kill: so are they, but in the second epoch of the last model
// the process kills itself, as 'kill -9' would; resume: every run is continued from what these left in DIRECTORY.
(string directory, string set) = (args[0], args[1]);
if (set == "culture")
{
    Cultures.Print(directory);
    return;
}

int threads = int.Parse(args[2], CultureInfo.InvariantCulture);
string mode = args.Length > 3 ? args[3] : "";
Console.WriteLine($"accelerated {Accelerated()}");
Console.WriteLine($"supported {Supported()}");
TextDataset texts = Models.Texts();
TaggedDataset sentences = Models.Sentences();
var models = Models.Small(directory).ToList();
if (set == "all") models.AddRange(Models.Wide(directory));
foreach ((string name, LearningOptions plain) in models)
{
    using var cancellation = new CancellationTokenSource();
    LearningOptions options = plain with { Threads = threads };
    if (mode.Length > 0)
    {
        options = options with
        {
            Checkpoint = new CheckpointOptions
            {
                Directory = Path.Combine(directory, name),
                Interval = TimeSpan.Zero,
                Start = mode == "resume" ? CheckpointStart.ResumeOrNew : CheckpointStart.New,
            },
        };
    }

    bool isKilled = mode == "kill" && name == models[^1].Name;
    var progress = new AtTheEndOfAnEpoch(epoch =>
    {
        if (isKilled && epoch == 2) Process.GetCurrentProcess().Kill();
        if (!isKilled && mode is "kill" or "cancel") cancellation.Cancel();
    });
    (TrainedModel model, TrainingEnd end, int epochs) = Learn(options, progress, cancellation.Token);
    string path = Path.Combine(directory, name + ".safetensors");
    ModelFile.Save(model, path);
    if (end == TrainingEnd.Cancelled) continue;
    Console.WriteLine($"{name} epochs {progress.Count} of {epochs}");
    Console.WriteLine($"{name} {Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path)))}");
}

return;

(TrainedModel Model, TrainingEnd End, int Epochs) Learn(
    LearningOptions options, IProgress<TrainingProgress> progress, CancellationToken cancellation)
{
    if (options is TaggerTrainingOptions tagger)
    {
        var tagged = TaggerTrainer.Train(sentences, tagger, progress: progress, cancellation: cancellation);
        return (tagged.Model, tagged.End, tagged.Epochs.Count);
    }

    var classified = ClassifierTrainer.Train(texts, (TrainingOptions)options, null, progress, cancellation);
    return (classified.Model, classified.End, classified.Epochs.Count);
}

static int Accelerated() => Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256
    : Vector128.IsHardwareAccelerated ? 128 : 0;

static int Supported() => Avx512F.IsSupported ? 512 : Avx2.IsSupported ? 256 : Sse2.IsSupported || AdvSimd.IsSupported ? 128 : 0;

/// <summary>Counts the epochs that end in this process, and does something when one does.</summary>
internal sealed class AtTheEndOfAnEpoch(Action<int> then) : IProgress<TrainingProgress>
{
    public int Count { get; private set; }

    public void Report(TrainingProgress value)
    {
        if (value.Validation is null) return;
        Count++;
        then(value.Epoch);
    }
}
