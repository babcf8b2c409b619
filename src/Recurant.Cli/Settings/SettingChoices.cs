using Recurant.Cells;
using Recurant.Data;
using Recurant.Layers;
using Recurant.Models;
using Recurant.Optimizers;

namespace Recurant.Cli;

/// <summary>What the values of a setting are called, and what they mean to the library.</summary>
internal static class SettingChoices
{
    public static readonly (string Name, ModelKind Value)[] Models =
        [("recurrent", ModelKind.Recurrent), ("feedforward", ModelKind.FeedForward), ("bag-of-words", ModelKind.BagOfWords)];

    public static readonly (string Name, CellKind Value)[] Cells =
    [
        ("elman", CellKind.Elman), ("lstm", CellKind.Lstm), ("gru", CellKind.Gru), ("mingru", CellKind.MinGru),
        ("minlstm", CellKind.MinLstm), ("sru", CellKind.Sru), ("indrnn", CellKind.IndRnn), ("lru", CellKind.Lru),
        ("peephole-lstm", CellKind.PeepholeLstm), ("layernorm-lstm", CellKind.LayerNormLstm),
        ("projected-lstm", CellKind.ProjectedLstm),
    ];

    public static readonly (string Name, Activation Value)[] Activations =
        [("tanh", Activation.Tanh), ("relu", Activation.Relu), ("sigmoid", Activation.Sigmoid)];

    public static readonly (string Name, ElmanForm Value)[] Forms =
        [("hidden", ElmanForm.Hidden), ("preactivation", ElmanForm.PreActivation)];

    public static readonly (string Name, GruReset Value)[] Resets = [("inside", GruReset.Inside), ("outside", GruReset.Outside)];

    public static readonly (string Name, TokenUnit Value)[] Units =
        [("word", TokenUnit.Word), ("char", TokenUnit.Character), ("subword", TokenUnit.Subword)];

    public static readonly (string Name, Pooling Value)[] Poolings =
        [("last", Pooling.Last), ("mean", Pooling.Mean), ("max", Pooling.Max), ("attention", Pooling.Attention)];

    public static readonly (string Name, RecurrentStart Value)[] RecurrentStarts =
        [("usual", RecurrentStart.Usual), ("orthogonal", RecurrentStart.Orthogonal), ("identity", RecurrentStart.Identity)];

    public static readonly (string Name, OptimizerKind Value)[] Optimizers =
    [
        ("sgd", OptimizerKind.Sgd), ("momentum", OptimizerKind.Momentum), ("nesterov", OptimizerKind.Nesterov),
            ("adam", OptimizerKind.Adam),
        ("adamw", OptimizerKind.AdamW), ("rmsprop", OptimizerKind.RmsProp), ("adagrad", OptimizerKind.AdaGrad),
    ];

    public static readonly (string Name, ScheduleKind Value)[] Schedules =
    [
        ("constant", ScheduleKind.Constant), ("linear", ScheduleKind.Linear), ("cosine", ScheduleKind.Cosine),
            ("plateau", ScheduleKind.Plateau),
    ];
}
