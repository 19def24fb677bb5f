// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/result.h"
#include "model/deadletter/stacklanguage.h"

#include <QByteArray>
#include <QByteArrayView>
#include <QString>

#include <array>
#include <functional>
#include <optional>
#include <vector>

/// The frames of a stack, and which of them are the application's.
namespace spillway {

/// The sections of the cause chain, outermost first, the root cause last, at most 64. Of a Java stack it reads the
/// first 64 KiB, and of a longer text the end of the chain in its last 64 KiB; of another the first 256 KiB. Text in no
/// known form is one section of Java without frames. Never fails. Pure; any thread. In Python the root cause is the
/// error that was raised first, whether the others name it as their cause (`raise … from`) or came while it was
/// handled; an exception group and an AggregateError of JavaScript stand for what they hold, an AggregateException of
/// .NET leads on to the first it holds.
/// @param known  messages that are told elsewhere
[[nodiscard]] std::vector<StackSection> stackSections(QByteArrayView stack, const KnownMessages& known = {});

/// A frame without what changes from one build, run or thread to the next: no line, module, loader, or folder of an
/// install; a lambda counts as the method it stands in, an anonymous class as its outer one. Java and .NET:
/// `com.acme.Billing.on`; Go: `github.com/acme/orders.(*Stock).Take`; the others: `orders/stock.py:take`. Empty for
/// what is no frame.
/// @param line  as eachFrame gives it
[[nodiscard]] QString frameName(QByteArrayView line, StackLanguage language = StackLanguage::Java);

/// Walks the frames of a section, the innermost first: from `at ` on where frames begin so, without space in front; of
/// Go two lines. The walk ends when `visit` returns false.
void eachFrame(const StackSection& section, const std::function<bool(QByteArrayView line)>& visit);

/// Which frames are the application's. Immutable; any thread.
class FrameRules
{
public:
    /// resources/frames.json: each language's own library, known frameworks, where packages are kept, generated code.
    [[nodiscard]] static Result<FrameRules> bundled();

    /// Prefixes of a workspace, of a frame's name, its function or its file; the longest that fits decides, and is
    /// asked before the bundled ones.
    void addInApp(const QString& prefix);
    void addNotInApp(const QString& prefix);

    /// @param line  as eachFrame gives it. Generated code is never the application's.
    [[nodiscard]] bool isInApp(QByteArrayView line, StackLanguage language = StackLanguage::Java) const;

    /// The same for one line of a printed stack alone, indented as it stands there; false for languages whose frames a
    /// line alone does not tell (all but Java, JavaScript and .NET).
    [[nodiscard]] bool isAppLine(QByteArrayView line) const;

private:
    struct Prefix
    {
        QByteArray text;
        bool isInApp = false;
    };
    /// Of a language whose frames name files: none of them is the application's.
    struct Elsewhere
    {
        std::vector<QByteArray> functions;    ///< beginnings
        std::vector<QByteArray> files;        ///< beginnings
        std::vector<QByteArray> filesContain; ///< with `/` between folders
        std::vector<QByteArray> generated;    ///< whole functions; a workspace does not ask for them either
    };
    [[nodiscard]] bool isInAppElsewhere(QByteArrayView line, StackLanguage language) const;

    std::vector<Prefix> m_own;                           ///< longest first
    std::array<std::vector<QByteArray>, 256> m_notInApp; ///< by their first byte
    std::vector<QByteArray> m_generated;
    std::array<Elsewhere, stackLanguages> m_elsewhere; ///< by language; Java's is empty
};

/// The first frame of the application: of the root cause's own frames, else of the throwable around it, and so on
/// outwards. nullopt: none is.
[[nodiscard]] std::optional<QString> firstInAppFrame(const std::vector<StackSection>& sections,
                                                     const FrameRules& rules);

} // namespace spillway
