using Recurant.Reference;

// The chapter's recurrent network, by hand, on three words: after each word, is the review so far praise or blame?
// H_t = tanh(U X_t + W H_{t-1}), y_t = softmax(V H_t), H_0 = 0; X_t has a one at the word's place.
string[] words = ["good", "but", "slow"], classes = ["negative", "positive"];
const int Negative = 0, Positive = 1;
var spec = new ReferenceSpec
{
    Cell = ReferenceCell.Elman,
    Activation = ReferenceActivation.Tanh,
    Input = ReferenceInput.OneHot,
    InputSize = words.Length,
    HiddenSize = 2,
    Classes = classes.Length,
    Pooling = ReferencePooling.EveryStep,
};
const string U = "weight_ih_l0", W = "weight_hh_l0", V = "output.weight"; // PyTorch's names; docs/notation.md has the table
var weights = new ReferenceTensors
{
    [U] = [0.5, 0.1, -0.3, -0.2, 0.4, 0.7],
    [W] = [0.6, -0.4, 0.3, 0.2],
    [V] = [-1.0, 0.8, 0.9, -0.7],
    ["bias_ih_l0"] = [0, 0], // the chapter's equations have no biases
    ["bias_hh_l0"] = [0, 0],
    ["output.bias"] = [0, 0],
};
var network = new ReferenceNetwork(spec, weights);
var sentence = new ReferenceExample { Tokens = [0, 1, 2], Labels = [Positive, Positive, Negative] };

// Forward, word by word. J = -(1/T) sum_t log y_t[right class]
ReferenceRun run = network.Forward(sentence);
for (int t = 0; t < words.Length; t++)
{
    double[] h = run.Stack.Steps[0][t].State, y = run.Probabilities[t];
    Console.WriteLine($"t={t + 1} {words[t],-4}  H_{t + 1} = {Row(h)}  y_{t + 1} = {Row(y)}  "
        + $"right: {classes[sentence.Labels[t]]}, J_{t + 1} = {run.Losses[t]:0.000000}");
}

Console.WriteLine($"J = {run.Loss:0.000000}");

// Back through time: each gradient is the sum of what every time step adds.
ReferenceTensors gradients = network.Backward(run);
foreach ((string name, string tensor, int columns) in (IEnumerable<(string, string, int)>)[("U", U, 3), ("W", W, 2), ("V", V, 2)])
{
    Console.WriteLine($"dJ/d{name} = {string.Join(" / ", gradients[tensor].Chunk(columns).Select(Row))}");
}

// Is dJ/dW[1,2] really the slope of J? Move that one weight a little to either side and see.
const double Step = 1e-5;
double slope = (LossWith(+Step) - LossWith(-Step)) / (2 * Step);
Console.WriteLine($"dJ/dW[1,2]: by hand {gradients[W][1]:0.00000000}, by finite differences {slope:0.00000000}");

// How far back does the last word's loss reach? |dE_3/dH_k| for k = 3, 2, 1.
Console.WriteLine($"|dE_3/dH_k| for k = 3, 2, 1: {Row(GradientByLag.OfLoss(network, run)[2])}");

double LossWith(double change)
{
    ReferenceTensors moved = weights.Copy();
    moved[W][1] += change;
    return new ReferenceNetwork(spec, moved).Forward(sentence).Loss;
}

static string Row(double[] values) => $"[{string.Join(" ", values.Select(value => $"{value,9:0.000000}"))}]";
