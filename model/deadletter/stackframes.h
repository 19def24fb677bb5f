// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/base/result.h"
#include "model/deadletter/printedstack.h"

#include <QByteArray>
#include <QByteArrayView>
#include <QString>

#include <array>
#include <functional>
#include <optional>
#include <vector>

/// The frames of a Java stack, and which of them are the application's.
namespace spillway {

/// One throwable of a printed stack, as views into it.
struct StackSection
{
    QByteArrayView className; ///< empty: what stands there is no class
    QByteArrayView message;   ///< perhaps of several lines; empty: none
    QByteArrayView frames;    ///< lines from the first frame on, those of suppressed throwables among them
};

/// The sections of the cause chain, outermost first, at most 64. Reads the first 64 KiB, and of a longer text the end
/// of the chain in its last 64 KiB. Never fails. Pure; any thread.
/// @param known  messages that are told elsewhere
[[nodiscard]] std::vector<StackSection> stackSections(QByteArrayView stack, const KnownMessages& known = {});

/// A frame without what changes from one build, run or thread to the next: no file, line, module or loader; a lambda
/// counts as the method it stands in, an anonymous class as its outer one: `com.acme.Billing.on`. Empty for what is no
/// frame (`at ` included in `line`).
[[nodiscard]] QString frameName(QByteArrayView line);

/// Walks the frames of a section at the margin: `line` is from `at ` on. The walk ends when `visit` returns false.
void eachFrame(const StackSection& section, const std::function<bool(QByteArrayView line)>& visit);

/// Which frames are the application's. Immutable; any thread.
class FrameRules
{
public:
    /// resources/frames.json: the JVM, known frameworks and libraries, generated code.
    [[nodiscard]] static Result<FrameRules> bundled();

    /// Prefixes of a workspace; the longest that fits decides, and is asked before the bundled ones.
    void addInApp(const QString& prefix);
    void addNotInApp(const QString& prefix);

    /// @param line  from `at ` on. Generated code is never the application's.
    [[nodiscard]] bool isInApp(QByteArrayView line) const;

private:
    struct Prefix
    {
        QByteArray text;
        bool isInApp = false;
    };
    std::vector<Prefix> m_own;                           ///< longest first
    std::array<std::vector<QByteArray>, 256> m_notInApp; ///< by their first byte
    std::vector<QByteArray> m_generated;
};

/// The first frame of the application: of the root cause's own frames, else of the throwable around it, and so on
/// outwards. nullopt: none is.
[[nodiscard]] std::optional<QString> firstInAppFrame(const std::vector<StackSection>& sections,
                                                     const FrameRules& rules);

} // namespace spillway
