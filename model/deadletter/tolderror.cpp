// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/dialectreader.h"
#include "model/deadletter/stackreaders.h"
#include "model/deadletter/stacktrace.h"

#include <algorithm>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

const QString nestedException = u"nested exception is "_s;

/// Some versions write `e.toString()` where others write the class: `CLASS: message`.
void splitClass(ToldError& told)
{
    if (!told.reportedClass)
        return;
    const QByteArray utf8 = told.reportedClass->toUtf8();
    if (looksLikeAnyClass(utf8))
        return;
    const qsizetype colon = utf8.indexOf(": ");
    if (colon < 0 || !looksLikeClass(QByteArrayView(utf8).first(colon))) {
        told.reportedClass.reset();
        return;
    }
    if (!told.message)
        told.message = decodeMessage(QByteArrayView(utf8).sliced(colon + 2));
    told.reportedClass = decodeName(QByteArrayView(utf8).first(colon));
}

/// The message without what the framework put before it; nullopt when nothing is left.
std::optional<QString> peeled(const Dialect& dialect, QString message)
{
    bool isPeeled = true;
    for (int round = 0; isPeeled && round < 8; ++round) {
        isPeeled = false;
        for (const QRegularExpression& prefix : dialect.messagePrefixes) {
            if (const QRegularExpressionMatch match = prefix.match(message); match.hasMatch()) {
                message = match.captured(1);
                isPeeled = true;
            }
        }
    }
    return message.isEmpty() ? std::nullopt : std::optional(message);
}

/// Spring before 6 wrote the whole chain into a message: `…; nested exception is CLASS: message`.
std::optional<ThrownEntry> nestedIn(const QString& message)
{
    if (!message.startsWith(nestedException))
        return std::nullopt;
    // The one thrown comes first; each wrapper around it says the rest of the chain once more.
    QString nested = message.sliced(nestedException.size());
    if (const qsizetype next = nested.indexOf(u"; "_s + nestedException); next >= 0)
        nested.truncate(next);
    const CauseChain chain = readCauseChain(nested.toUtf8());
    return chain.thrown.front().className ? std::optional(chain.thrown.front()) : std::nullopt;
}

/// The messages that the letter's headers tell, as its stack may print them.
KnownMessages knownMessages(const Dialect& dialect, const ToldError& told)
{
    KnownMessages known;
    if (told.message && told.message->contains(u'\n')) {
        addKnownMessage(known, told.message->toUtf8());
        if (const auto rest = peeled(dialect, *told.message))
            addKnownMessage(known, rest->toUtf8());
    }
    if (told.causeMessage)
        addKnownMessage(known, told.causeMessage->toUtf8());
    return known;
}

std::size_t placeInChain(const CauseChain& chain, const Dialect& dialect, const std::optional<QString>& className)
{
    const auto place = std::find_if(chain.thrown.begin(), chain.thrown.end(), [&](const ThrownEntry& entry) {
        return className ? entry.className == className : entry.className && !dialect.isWrapper(*entry.className);
    });
    return static_cast<std::size_t>(place - chain.thrown.begin());
}

/// What was thrown, where the framework reported one of its wrappers.
std::optional<QString> messageUnderWrapper(const Dialect& dialect, const ToldError& told, const LetterFacts& facts,
                                           const CauseChain& chain, std::size_t place)
{
    if (told.causeMessage && facts.errorClass == told.causeClass)
        return told.causeMessage;
    const bool isInStack = place < chain.thrown.size();
    if (isInStack) {
        const auto& printed = chain.thrown[place].message;
        // The printed message is exact unless one of its lines looks like a frame; the header then knows better.
        if (!told.message || !printed || told.message->endsWith(*printed)) {
            if (printed || !told.message || !peeled(dialect, *told.message))
                return printed;
        }
    }
    if (!told.message)
        return std::nullopt;
    std::optional<QString> rest = peeled(dialect, *told.message);
    if (!rest) { // the framework's words alone: Spring Integration leaves out an IllegalStateException that has a cause
        const bool isPrinted = isInStack && chain.thrown[place].message && !chain.thrown[place].message->isEmpty();
        return isPrinted ? chain.thrown[place].message : std::nullopt;
    }
    if (const auto nested = nestedIn(*rest); nested && nested->className == facts.errorClass)
        return nested->message;
    return isInStack && rest == told.message ? chain.thrown[place].message : rest;
}

} // namespace

// The rules, in this order, because each is more exact than the next:
// 1. the class in the header, unless it is one of the framework's wrappers;
// 2. the cause in the header, unless that is one too;
// 3. the first class of the stack's cause chain that is none;
// 4. a class nested in the message (old Spring);
// 5. nothing: a wrapper alone tells nothing of the application's error.
void resolveError(const Dialect& dialect, ToldError told, LetterFacts& facts)
{
    splitClass(told);
    facts.reportedClass = told.reportedClass;
    CauseChain chain;
    if (!told.stack.isEmpty()) {
        chain = readCauseChain(told.stack, knownMessages(dialect, told));
        if (dialect.stackFormat != Dialect::StackFormat::Java && chain.language == StackLanguage::Java)
            chain.thrown.clear();
    }
    // A record that failed in the framework's reader shows as its own toString(); without class there is no chain.
    const bool hasChain = !chain.thrown.empty() && chain.thrown.front().className.has_value();
    if (!hasChain)
        chain.thrown.clear();

    std::size_t place = chain.thrown.size();
    if (told.reportedClass && !dialect.isWrapper(*told.reportedClass)) {
        facts.errorClass = told.reportedClass;
        facts.errorMessage = told.message;
        place = placeInChain(chain, dialect, facts.errorClass);
    } else {
        if (told.reportedClass && told.causeClass && !dialect.isWrapper(*told.causeClass)) {
            facts.errorClass = told.causeClass;
            place = placeInChain(chain, dialect, facts.errorClass);
        } else if ((place = placeInChain(chain, dialect, std::nullopt)) < chain.thrown.size()) {
            facts.errorClass = chain.thrown[place].className;
        } else if (told.message) {
            if (const auto rest = peeled(dialect, *told.message)) {
                if (const auto nested = nestedIn(*rest))
                    facts.errorClass = nested->className;
            }
        }
        if (facts.errorClass)
            facts.errorMessage = messageUnderWrapper(dialect, told, facts, chain, place);
        else if (!told.reportedClass)
            facts.errorMessage = told.message; // a dialect without classes
    }
    if (dialect.messageMayBeClass && facts.errorMessage && facts.errorMessage == facts.errorClass)
        facts.errorMessage.reset();

    if (hasChain && chain.reachesEnd && facts.errorClass)
        facts.rootCauseClass = rootClassOf(chain, facts.errorClass);
}

} // namespace spillway
