namespace Recurant.Reference;

/// <summary>Which recurrent cell the reference network uses.</summary>
public enum ReferenceCell
{
    /// <summary>The simple recurrent network: h_t = f(W_ih x_t + b_ih + W_hh h_{t-1} + b_hh).</summary>
    Elman,

    /// <summary>Long short-term memory, with a forget gate and without peepholes.</summary>
    Lstm,

    /// <summary>The gated recurrent unit.</summary>
    Gru,

    /// <summary>The minimal gated recurrent unit, whose gates read the input alone.</summary>
    MinGru,

    /// <summary>The minimal long short-term memory, whose gates read the input alone.</summary>
    MinLstm,

    /// <summary>The simple recurrent unit, whose gates see the input and their own unit's past.</summary>
    Sru,

    /// <summary>The independently recurrent network: one recurrent weight a unit.</summary>
    IndRnn,

    /// <summary>The linear recurrent unit, a diagonal of complex numbers; H is even.</summary>
    Lru,

    /// <summary>Long short-term memory with peepholes: the gates see the memory cell.</summary>
    PeepholeLstm,

    /// <summary>Long short-term memory with layer normalisation.</summary>
    LayerNormLstm,

    /// <summary>Long short-term memory whose output is a projection of more memory cells.</summary>
    ProjectedLstm,
}

/// <summary>The activation function of an Elman, IndRNN or LRU cell or of a hidden layer.</summary>
public enum ReferenceActivation
{
    /// <summary>The hyperbolic tangent.</summary>
    Tanh,

    /// <summary>max(0, z).</summary>
    Relu,

    /// <summary>1 / (1 + exp(-z)).</summary>
    Sigmoid,
}

/// <summary>The two ways in which the chapter writes the Elman cell.</summary>
public enum ReferenceForm
{
    /// <summary>h_t = f(W_ih x_t + b_ih + W_hh h_{t-1} + b_hh); the state and the output are both h_t.</summary>
    Hidden,

    /// <summary>s_t = W_ih x_t + b_ih + W_hh f(s_{t-1}) + b_hh; the state is s_t, the output f(s_t).</summary>
    Preactivation,
}

/// <summary>Where the reset gate of a GRU acts.</summary>
public enum ReferenceReset
{
    /// <summary>
    /// After the product, as in PyTorch and in version 1 of the paper: n_t = tanh(W_in x_t + b_in + r_t * (W_hn h_{t-1} + b_hn)).
    /// </summary>
    Inside,

    /// <summary>
    /// Before the product, as in version 3 of the paper: n_t = tanh(W_in x_t + b_in + W_hn (r_t * h_{t-1}) + b_hn).
    /// </summary>
    Outside,
}

/// <summary>What the reference network reads at each time step.</summary>
public enum ReferenceInput
{
    /// <summary>A vector of <see cref="ReferenceSpec.InputSize"/> numbers.</summary>
    Vectors,

    /// <summary>
    /// A token, looked up as a row of embedding.weight [V,E], where E is <see cref="ReferenceSpec.InputSize"/>.
    /// </summary>
    Embedding,

    /// <summary>A token, as a vector of <see cref="ReferenceSpec.InputSize"/> zeros with a one at the token's place.</summary>
    OneHot,
}

/// <summary>How the outputs of all time steps become what the output layer reads.</summary>
public enum ReferencePooling
{
    /// <summary>
    /// Many to one: the last output of the forward direction beside the output of the backward direction at t = 0.
    /// </summary>
    Last,

    /// <summary>Many to one: the mean over time.</summary>
    Mean,

    /// <summary>Many to one: the largest value over time, for each unit.</summary>
    Max,

    /// <summary>Many to one: a sum over time whose weights are learned.</summary>
    Attention,

    /// <summary>Many to many: no pooling; every time step has its own label, and the loss is the mean over time steps.</summary>
    EveryStep,
}
