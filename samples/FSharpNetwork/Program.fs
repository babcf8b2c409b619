open System
open Recurant.Cells
open Recurant.Layers
open Recurant.Losses
open Recurant.Optimizers

// The network of the sample Sine in F#: it prints the same numbers.
let waves = [| for i in 0 .. 31 -> [| for t in 0 .. 40 -> MathF.Sin(0.3f * float32 t + float32 i) |] |]
let inputs = SequenceBatch.Of([| for wave in waves -> wave[.. 39] |])
let targets = SequenceBatch.Of([| for wave in waves -> wave[1 ..] |])

let network = Sequential(Recurrent(CellKind.Gru, inputSize = 1, hiddenSize = 24), Dense(24, 1))
network.Initialise(seed = 1UL)
let optimizer = Optimizer(OptimizerKind.Adam, network.Parameters, LearningRate = 0.01f)
let pass = Pass(seed = 1UL)
let mutable loss = 0.0

for _ in 1 .. 300 do
    pass.Begin()
    loss <- pass.Loss(network.Forward(pass, inputs), targets, LossFunction(fun y t gradient -> Loss.SquaredError(y, t, gradient)))
    pass.Backward()
    optimizer.Step() |> ignore

// A wave that was never seen: its first 20 values, then 30 more from the network's own answers.
let sine t = MathF.Sin(0.3f * float32 t + 0.5f)
let wave = ResizeArray [ for t in 0 .. 19 -> sine t ]

for t in 20 .. 49 do
    pass.Begin(PassKind.Prediction)
    wave.Add(network.Forward(pass, SequenceBatch.Of([| wave.ToArray() |])).ToArray(0)[t - 1])

let largest = Seq.max (Seq.mapi (fun t y -> MathF.Abs(y - sine t)) wave)
printfn $"mean squared error after 300 steps: {loss:``0.000000``}"
printfn $"largest error of 30 values ahead: {largest:``0.000``}"
