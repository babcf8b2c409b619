using Microsoft.ML.OnnxRuntime;

namespace Recurant.Bench.Peers;

/// <summary>How every session of ONNX Runtime is opened.</summary>
internal static class OnnxSettings
{
    /// <summary>All graph optimisations, weights packed at load, one node after the other on so many threads.</summary>
    public static InferenceSession Open(byte[] model, int threads)
    {
        using var options = new SessionOptions
        {
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            IntraOpNumThreads = threads,
            InterOpNumThreads = 1,
        };
        return new InferenceSession(model, options);
    }
}
