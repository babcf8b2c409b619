using Recurant.Cells;
using Recurant.Layers;
using Recurant.Losses;
using Recurant.Optimizers;

// A policy gradient (REINFORCE): at the first step the agent sees a cue, left or right; then it walks a corridor where it sees
// nothing, and at the end it has to turn. A right turn earns 1, a wrong one -1. Only a network with a memory can learn that.
const int Corridor = 8, Episodes = 64;
var network = new Sequential(new Recurrent(CellKind.Gru, 2, 16), new PoolingLayer(Pooling.Last), new Dense(16, 2));
network.Initialise(seed: 2);
var optimizer = new Optimizer(OptimizerKind.Adam, network.Parameters) { LearningRate = 0.01f, Clip = 1f };
var pass = new Pass();
var random = new Random(3);
var probabilities = new float[2];
double mean = 0;
for (int update = 0; update < 300; update++)
{
    int[] cues = [.. Enumerable.Range(0, Episodes).Select(_ => random.Next(2))];
    float[][] seen = [.. cues.Select(cue => Enumerable.Range(0, 2 * Corridor).Select(i => i == cue ? 1f : 0f).ToArray())];
    pass.Begin();
    SequenceBatch logits = network.Forward(pass, SequenceBatch.Of(seen, size: 2));
    double total = 0;
    for (int episode = 0; episode < Episodes; episode++)
    {
        Loss.Softmax(logits[episode], probabilities);
        int turn = random.NextDouble() < probabilities[0] ? 0 : 1;
        float reward = turn == cues[episode] ? 1f : -1f;
        total += reward;
        // d(-reward ln p_turn) / dlogit_j = reward (p_j - [j = turn]): a gradient that no loss of the library gives is written
        // where the backward pass begins.
        Span<float> gradient = logits.GradientOf(episode);
        for (int j = 0; j < 2; j++) gradient[j] += reward * (probabilities[j] - (j == turn ? 1f : 0f)) / Episodes;
    }

    pass.Backward();
    optimizer.Step();
    mean = total / Episodes;
    if (update % 100 == 0) Console.WriteLine($"mean reward after {update,3} updates: {mean:0.00}");
}

Console.WriteLine($"mean reward after 300 updates: {mean:0.00}");
