namespace Recurant.Data;

/// <summary>
/// The words of a batch, each once, and for each row of the batch which of them it is. In prose a few words make up most of
/// a text, so what depends on the word alone is computed several times less often.
/// </summary>
internal sealed class DistinctWords
{
    private int[] _slotOf = [], _words = [], _rows = [];
    private int _count, _rowCount;

    /// <summary>The words, in the order of their first occurrence.</summary>
    public ReadOnlyMemory<int> Words => _words.AsMemory(0, _count);

    /// <summary>For each row of the batch the position of its word in <see cref="Words"/>.</summary>
    public ReadOnlyMemory<int> Rows => _rows.AsMemory(0, _rowCount);

    public void Clear() => _count = _rowCount = 0;

    /// <summary>Finds the words of a batch; false, and nothing found, if nearly every row has a word of its own.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="vocabularySize">Word numbers are smaller than this.</param>
    public bool Find(BatchLayout batch, int vocabularySize)
    {
        FindAll(batch, vocabularySize);
        if (_count <= batch.Rows - batch.Rows / 8) return true;
        Clear();
        return false;
    }

    /// <summary>Finds the words of a batch, however many there are.</summary>
    public void FindAll(BatchLayout batch, int vocabularySize)
    {
        Clear();
        ReadOnlySpan<int> tokens = batch.Tokens;
        _slotOf = Workspace.Reserve(_slotOf, vocabularySize);
        _words = Workspace.Reserve(_words, tokens.Length);
        _rows = Workspace.Reserve(_rows, tokens.Length);
        for (int row = 0; row < tokens.Length; row++)
        {
            // A slot may be left over from another batch, or be any number: it is valid if it holds the word.
            ref int slot = ref _slotOf[tokens[row]];
            if ((uint)slot >= (uint)_count || _words[slot] != tokens[row])
            {
                slot = _count;
                _words[_count++] = tokens[row];
            }

            _rows[row] = slot;
        }

        _rowCount = tokens.Length;
    }
}
