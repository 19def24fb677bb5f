// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/deadletters/lettererasing.h"

#include "model/base/shelltext.h"
#include "model/base/text.h"
#include "views/deadletters/letterwords.h"
#include "views/widgets/statepane.h"

#include <QPointer>

using namespace Qt::Literals::StringLiterals;

namespace spillway::views {

ConfirmRequest confirmErasing(const DeadLetter& letter, Environment environment)
{
    ConfirmRequest request;
    request.title = LetterErasing::tr("Erase what letter %1 says, for good?").arg(letter.id);
    request.consequence =
        letter.erased
            ? LetterErasing::tr("It was erased before: the files are seen to again, so that its bytes are in "
                                "none of them. Nothing else changes.")
            : LetterErasing::tr("Its bytes are overwritten in Spillway's files. Nothing brings them back, and "
                                "the letter can never be replayed. Undo does not take it back.");
    request.facts = {
        {LetterErasing::tr("Letter"), LetterErasing::tr("%1, partition %2, offset %3, connection %4")
                                          .arg(visibleText(letter.record.at.topic))
                                          .arg(letter.record.at.partition)
                                          .arg(letter.record.offset.value)
                                          .arg(visibleText(letter.connection))},
        {LetterErasing::tr("Erased"), LetterErasing::tr("payload, key, headers, error message, stack, and a payload "
                                                        "that was rescued for it: %1")
                                          .arg(formatSizeBytes(letter.sizeBytes))},
        {LetterErasing::tr("Stays"), LetterErasing::tr("place, times, size, classes, owner, group, state, decisions, "
                                                       "and the record of who erased it, when and why")},
        {LetterErasing::tr("Not reached"), LetterErasing::tr("the broker's own copy, files that were exported, backups "
                                                             "made before, comments that quote it")}};
    request.typeToConfirm = environment == Environment::Production ? letter.record.at.topic : QString();
    request.asksReason = true;
    request.actionText = LetterErasing::tr("Erase this letter");
    request.commandLine = u"spillwayctl store purge %1 --reason TEXT"_s.arg(shellQuoted(letter.id));
    return request;
}

QString erasedSentence(const PurgeReport& report)
{
    QStringList sentences{report.isNew ? LetterErasing::tr("%1: erased for good").arg(report.letterId)
                                       : LetterErasing::tr("%1: was erased before").arg(report.letterId)};
    if (!report.sameElsewhere.isEmpty())
        sentences
            << LetterErasing::tr("the same payload stands in %1, not erased: %2")
                   .arg(lettersText(report.sameElsewhere.size()),
                        report.sameElsewhere.first(std::min<qsizetype>(report.sameElsewhere.size(), 3)).join(u", "_s));
    for (const QString& left : report.left)
        sentences << LetterErasing::tr("the bytes may still be in %1").arg(visibleText(left));
    return sentences.join(u" · "_s);
}

LetterErasing::LetterErasing(DataSource& source, Prompter& prompter, QWidget* owner)
    : QObject(owner)
    , m_data(source)
    , m_prompter(prompter)
    , m_owner(owner)
    , m_load([this](Result<PurgeReport> report) {
        Q_EMIT said(report ? erasedSentence(*report) : failureSentence(report.error()));
        Q_EMIT erased(); // also after a failure: what is in the ledger is done at the next start
    })
{
}

void LetterErasing::ask(const DeadLetter& letter)
{
    if (m_load.isRunning()) {
        Q_EMIT said(tr("Another letter is being erased; wait until that is done"));
        return;
    }
    m_prompter.confirm(m_owner, confirmErasing(letter, m_data.workspace().environment),
                       [self = QPointer(this), id = letter.id](const ConfirmAnswer& answer) {
                           if (!self || !answer.isAccepted)
                               return;
                           Q_EMIT self->said(tr("Erasing %1").arg(id));
                           self->m_load.ask([&source = self->m_data, id, reason = answer.reason](std::stop_token stop) {
                               return source.purgeLetter(id, reason, stop);
                           });
                       });
}

} // namespace spillway::views
