// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArrayView>
#include <QString>

#include <optional>
#include <vector>

namespace spillway {

/// Where bytes stop being a JSON document, and why.
struct JsonFault
{
    qsizetype at = 0; ///< the byte, from 0; the size where the document ends too early
    QString what;     ///< "a comma or } is due here"
    friend bool operator==(const JsonFault&, const JsonFault&) = default;
};

/// A value so long that nobody wants to walk over it to find its end.
struct JsonSpan
{
    qsizetype from = 0;
    qsizetype to = 0;       ///< half-open
    qsizetype children = 0; ///< fields or elements; 0 for a text
    friend bool operator==(const JsonSpan&, const JsonSpan&) = default;
};

/// Checks bit by bit that bytes are one JSON document (RFC 8259: numbers by its grammar, texts in UTF-8 without raw
/// controls), without building anything: nesting costs one bit a level, so that depth is no attack. Notes the long
/// values on its way. The bytes outlive it. Pure; any thread.
class JsonCheck
{
public:
    static constexpr qsizetype longValue = 64 * 1024; ///< from this size on a value gets a span
    static constexpr int deepestSpan = 512;           ///< deeper values get none; it bounds their number

    explicit JsonCheck(QByteArrayView json)
        : m_json(json)
    {
    }

    /// Goes on up to about the byte `to`; a long text is finished later.
    void advanceTo(qsizetype to);
    [[nodiscard]] qsizetype position() const { return m_at; } ///< all before it is sound
    [[nodiscard]] bool isDone() const { return m_isDone; }    ///< the end, or a fault
    [[nodiscard]] const std::optional<JsonFault>& fault() const { return m_fault; }
    [[nodiscard]] int deepestLevel() const { return m_deepest; }

    /// Spans found so far, in the order in which they ended. Taken once.
    [[nodiscard]] std::vector<JsonSpan> takeSpans();

private:
    enum class Expect { Value, ValueOrEnd, KeyOrEnd, Key, Colon, CommaOrEnd, Nothing };
    struct Open
    {
        qsizetype at = 0;
        qsizetype children = 0;
    };
    void takeToken(char c);
    void goOnInText(qsizetype to);
    void takeWord();
    void afterValue();
    void fail(qsizetype at, const QString& what);
    [[nodiscard]] QString due() const;

    QByteArrayView m_json;
    qsizetype m_at = 0;
    Expect m_expect = Expect::Value;
    std::vector<bool> m_isObject; // one bit per open object or array
    std::vector<Open> m_open;     // the outermost `deepestSpan` of them
    std::vector<JsonSpan> m_spans;
    std::optional<JsonFault> m_fault;
    std::optional<qsizetype> m_text; // start of a text that is not finished
    qsizetype m_textChecked = 0;     // its bytes before this are UTF-8
    int m_deepest = 0;
    bool m_isKey = false; // the unfinished text
    bool m_isDone = false;
};

} // namespace spillway
