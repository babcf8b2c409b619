namespace Recurant.Cli;

/// <summary>
/// What PyTorch, Keras, scikit-learn, Hugging Face, fastText and other command lines call the things that we have: for messages
/// about options, settings, values and commands that do not exist here.
/// </summary>
internal static class OtherNames
{
    /// <summary>Ours, each with what it is called elsewhere; all without hyphens, underscores and capitals.</summary>
    private static readonly (string[] Ours, string Others)[] s_names =
    [
        (["learning-rate"], "lr alpha learnrate learningrateinit lr0 eta eta0 steplength"),
        (["batch"], "batchsize bs bsz perdevicetrainbatchsize trainbatchsize minibatch minibatchsize"),
        (["epochs"], "epoch nepochs numepochs maxepochs numtrainepochs nepoch maxiter iterations iter niter passes nbepoch"),
        (["hidden"],
            "hiddendim hiddensize hiddenunits hiddenlayersize hiddenlayersizes units nhid nhidden numhidden rnnsize numunits "
            + "hid dmodel width statesize"),
        (["layers"], "numlayers nlayers nlayer nlayers nrnnlayers numhiddenlayers depth stackedlayers"),
        (["embedding"],
            "embeddim embeddingdim embeddingsize emsize embdim embsize wordvectorsize vectorsize dim vectordim worddim "
            + "inputdim emb ninp"),
        (["bidirectional"], "bidir birnn bilstm both"),
        (["dropout"], "dropoutrate dropoutprob drop pdropout dropoutp droprate recurrentdropout"),
        (["optimizer"], "optim opt optimiser solver algorithm"),
        (["schedule"], "scheduler lrscheduler lrschedulertype lrschedule learningrateschedule decay lrdecay"),
        (["weight-decay"], "wd l2 l2reg l2regularization regularization reg penalty"),
        (["clip"], "gradclip gradientclip clipgrad maxgradnorm gradientclipval clipnorm clipgradnorm gradientclipping gradnorm "
            + "clipvalue"),
        (["label-smoothing"], "smoothing labelsmoothingfactor smooth"),
        (["patience"], "earlystopping earlystop earlystoppingpatience nitenochange niternochange earlystoppingrounds"),
        (["seed"], "randomstate randomseed manualseed rngseed seedvalue rng"),
        (["threads"], "thread numthreads nthreads numworkers workers njobs jobs j cpus cores numproc"),
        (["budget"], "timelimit maxtime timeout timebudget maxseconds maxruntime autotuneduration duration time"),
        (["out", "report", "save"], "output o outputfile outfile outputpath"),
        (["out", "save", "checkpoint"], "outputdir outdir savemodel modelout modelfile saveto savepath modeldir export"),
        (["report", "out"], "html page htmlreport"),
        (["resume"],
            "resumefromcheckpoint load loadcheckpoint restore restorefrom continue ckpt ckptpath initfrom initcheckpoint"),
        (["checkpoint"], "checkpointdir savedir checkpointpath ckptdir"),
        (["checkpoint-every"], "savesteps saveevery saveinterval checkpointinterval checkpointfreq savefreq savestrategy"),
        (["tensorboard"], "tensorboarddir logdir loggingdir tbdir tb"),
        (["record"], "log logfile history jsonl"),
        (["valid"],
            "validation val dev validationsplit valsplit valsize validsize valfile validfile validationfile devfile evalfile "
            + "validationdata valdata evaldata validationfraction validset devset holdout"),
        (["test"], "testfile testdata testsize testset testpath"),
        (["vectors"],
            "pretrainedvectors wordvectors pretrainedembeddings embeddingsfile glove word2vec embeddings embeddingfile wv"),
        (["freeze-vectors"], "freeze freezeembeddings freezeembedding trainable trainableembeddings notrainembeddings"),
        (["max-tokens"], "maxlen maxlength maxseqlength maxseqlen sequencelength seqlen maxsequencelength maxsteps truncate"),
        (["bptt"], "seqlen sequencelength blocksize contextlength window"),
        (["max-words"], "vocabsize maxfeatures numwords maxvocab maxvocabsize nwords maxtokensinvocab vocabularysize vocab"),
        (["min-count"], "mindf minfreq minfrequency mincountlabel minwordcount minoccurrences"),
        (["text"], "textcolumn textfield textcol textkey x xcol inputcolumn sentencecolumn content message"),
        (["label"], "labelcolumn labelfield labelcol labelkey y ycol targetcolumn classcolumn labels"),
        (["class"], "label targetlabel targetclass"),
        (["delimiter"], "sep separator delim fieldseparator"),
        (["source"], "src sourcelang srclang sourcecolumn sourcefile from"),
        (["target"], "tgt trg targetlang tgtlang targetcolumn targetfile to"),
        (["cell"], "rnntype rnn celltype rnncell unittype layertype rnnmodule architecture arch modeltype"),
        (["model"], "modelkind kind"),
        (["activation"], "nonlinearity act activationfunction activationfn hiddenactivation"),
        (["pooling"], "pool pooler aggregation reduce"),
        (["lowercase"], "lower dolowercase uncased tolower casefold"),
        (["unit"], "tokenlevel level tokenizer tokens analyzer granularity"),
        (["characters"], "charhidden charlstm charembedding chars chardim"),
        (["models"], "ensemble nmodels nestimators numestimators ensemblesize members"),
        (["subwords"], "bpe bpecodes numsubwords merges bpemerges spm"),
        (["tied"], "tieweights tied weighttying tieembeddings shareembeddings"),
        (["tied-vectors"], "sharevectors shareallembeddings sharedecoderinputoutputembed tieembeddings"),
        (["recompute"], "gradientcheckpointing checkpointing remat"),
        (["config"], "configfile settings params conf cfg hparams yaml"),
        (["pretrain"], "pretrainedmodel pretraining pretrained unlabeled unlabelled unsupervised"),
        (["task"], "problemtype objective type"),
        (["format"], "fileformat dataformat inputformat filetype"),
        (["quiet"], "silent q noprogress noprogressbar disabletqdm"),
        (["verbose"], "v debug trace verbosity loglevel"),
        (["version"], "v"),
        (["help"], "h usage options"),
        (["file"], "input i in inputfile infile data dataset filename path"),
        (["data"], "input dataset file inputfile"),
        (["beam"], "numbeams beamsize beamwidth nbeams beams k"),
        (["temperature"], "temp t tau"),
        (["top-k"], "topk k"),
        (["top-p"], "topp nucleus p"),
        (["length"], "maxnewtokens numtokens ntokens maxlength maxlen words nwords n samplelength genlength characters"),
        (["prompt"], "prefix start starttext seedtext primetext prime begin context text"),
        (["units"], "shown width"),
        (["limit"], "n maxsamples samples max maxrows maxtexts"),
        // Commands.
        (["train"], "fit learn supervised finetune trainer"),
        (["test"], "evaluate eval score validate metrics accuracy"),
        (["predict"], "infer inference classify label run apply tag translate predictprob transform ask"),
        (["generate"], "sample write"),
        (["inspect"], "show info summary describe cat view dump modelinfo"),
        (["explain"], "why interpret attribute shap lime saliency"),
        (["doctor"], "check lint diagnose audit validate examine analyze analyse"),
        (["init"], "create config template settings"),
        (["new"], "scaffold consume code codegen app"),
        (["version"], "about"),
        (["completion"], "completions complete autocomplete"),
        (["demo"], "example examples tutorial try quickstart"),
        (["lesson"], "teach math maths equations"),
        (["compare"], "diff versus vs"),
        (["gradcheck"], "gradientcheck checkgradients gradients"),
        // Values.
        (["elman"], "rnn simplernn simple vanilla vanillarnn rnntanh srn"),
        (["lstm"], "bilstm blstm lstmcell cudnnlstm"),
        (["gru"], "bigru grucell"),
        (["classify"],
            "classification textclassification classifier sentiment sequenceclassification binary multiclass categorize"),
        (["lm"], "languagemodel languagemodeling languagemodelling causallm textgeneration generate generation wordlm charlm"),
        (["tag"], "tagging tagger ner pos sequencelabeling sequencelabelling tokenclassification sequencetagging"),
        (["translate"], "translation translator seq2seq mt nmt sequencetosequence"),
        (["caption"], "captioning captioner imagecaptioning"),
        (["feedforward"], "mlp ff feedforwardnetwork dense dnn"),
        (["bag-of-words"], "bow linear logistic logisticregression fasttext nb"),
        (["recurrent"], "rnn lstm gru neural"),
        (["char"], "characters character chars charlevel"),
        (["word"], "words wordlevel token"),
        (["subword"], "bpe wordpiece sentencepiece unigram subwords"),
        (["constant"], "none fixed off const"),
        (["plateau"], "reducelronplateau reduceonplateau reduce"),
        (["cosine"], "cosineannealing cosineannealinglr cosinedecay"),
        (["linear"], "lineardecay polynomial warmup"),
        (["sgd"], "gd gradientdescent"),
        (["momentum"], "sgdmomentum sgdm"),
        (["adamw"], "adamwtorch adamwhf adamax lamb adafactor nadam"),
        (["mean"], "avg average meanpool avgpool averagepooling"),
        (["max"], "maxpool maxpooling globalmaxpooling"),
        (["last"], "lasthidden final cls"),
        (["jsonl"], "json ndjson jsonlines"),
        (["tsv"], "tab txt"),
    ];

    /// <summary>What other programs have an option for and this one does not need, with the reason.</summary>
    private static readonly (string Others, string Reason)[] s_needless =
    [
        ("device gpu gpus cuda usecuda nocuda usegpu fp16 bf16 mixedprecision amp tpu mps accelerator",
            "It computes in float32 on the processor; --threads sets how many cores."),
        ("loss lossfunction criterion", "The loss follows from the task."),
        ("wordngrams ngrams ngramrange minn maxn bucket",
            "The bag of words of --model bag-of-words counts words and pairs of words."),
        ("shuffle", "The data is shuffled in every epoch, in an order that --seed decides."),
        ("momentum beta1 beta2 betas epsilon eps adamepsilon nesterov",
            "--optimizer chooses among optimisers with their usual constants."),
        ("warmup warmupsteps warmupratio", "--schedule chooses how the learning rate changes; there is no warm-up."),
        ("gradientaccumulationsteps accumulate gradaccum", "--batch sets how many texts one step has; --recompute saves memory."),
    ];

    /// <summary>
    /// The name with neither hyphens, underscores nor capitals: <c>--batch_size</c> and <c>batchSize</c> are one.
    /// </summary>
    public static string Plain(string name) =>
        string.Concat(name.Where(c => c is not ('-' or '_' or '.' or ' ')).Select(char.ToLowerInvariant));

    /// <summary>Our names for what is called so elsewhere, the likeliest first.</summary>
    /// <param name="plain">The name as <see cref="Plain"/> gives it.</param>
    public static IEnumerable<string> Of(string plain) =>
        s_names.Where(pair => Has(pair.Others, plain)).SelectMany(pair => pair.Ours);

    /// <summary>Why there is no such option here; null where no reason is known.</summary>
    public static string? Hint(string name) =>
        Array.Find(s_needless, pair => Has(pair.Others, Plain(name))).Reason is { } reason ? " " + reason : null;

    private static bool Has(string names, string plain) =>
        names.Split(' ').Contains(plain, StringComparer.Ordinal);
}
