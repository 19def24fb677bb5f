// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/schemas/examplepane.h"

#include "model/base/text.h"
#include "views/theme/fonts.h"
#include "views/widgets/clipboard.h"
#include "views/widgets/plaintextlabel.h"

#include <QHBoxLayout>
#include <QPlainTextEdit>
#include <QPushButton>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace spillway::views {

namespace {

constexpr int mostLines = 4; // the rest scrolls
constexpr qsizetype charactersOfLine = 90;

} // namespace

ExamplePane::ExamplePane(QWidget* parent)
    : QWidget(parent)
{
    m_what = new PlainTextLabel({}, TextSize::Body, PlainTextLabel::Ink::Text, this);
    m_what->setObjectName(u"schemaExampleMeaning"_s);
    m_what->setWordWrap(true);
    m_what->setSelectable(true);
    m_copy = new QPushButton(tr("Copy document"), this);
    m_copy->setObjectName(u"copyExample"_s);
    connect(m_copy, &QPushButton::clicked, this, [this] { copyText(m_document); });
    m_copyHex = new QPushButton(tr("Copy bytes"), this);
    m_copyHex->setObjectName(u"copyExampleBytes"_s);
    connect(m_copyHex, &QPushButton::clicked, this, [this] { copyText(m_hex); });
    m_text = new QPlainTextEdit(this);
    m_text->setObjectName(u"schemaExample"_s);
    m_text->setAccessibleName(tr("A document that shows the break"));
    m_text->setReadOnly(true);
    m_text->setTabChangesFocus(true);
    m_text->setFont(monoFont(TextSize::Body));
    m_text->setWordWrapMode(QTextOption::WrapAnywhere);
    auto* head = new QHBoxLayout;
    head->setSpacing(8);
    head->addWidget(m_what, 1);
    head->addWidget(m_copy);
    head->addWidget(m_copyHex);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(4);
    layout->addLayout(head);
    layout->addWidget(m_text);
}

void ExamplePane::show(const SchemaChange& change, int from, int to)
{
    const SchemaDifference& difference = change.difference;
    const bool isBackward = difference.backwardExample.has_value();
    const auto& example = isBackward ? difference.backwardExample : difference.forwardExample;
    const auto& wire = isBackward ? difference.backwardWire : difference.forwardWire;
    const bool breaks = difference.backward != DirectionVerdict::Holds || difference.forward != DirectionVerdict::Holds;
    QString what;
    QString text;
    m_document.clear();
    m_hex.clear();
    if (example) {
        const int writer = isBackward ? from : to;
        const int reader = isBackward ? to : from;
        const bool isMisread = wire && !wire->readAs.isEmpty();
        what = (isMisread ? tr("v%1 writes this and v%2 misreads it") : tr("v%1 accepts this and v%2 refuses it"))
                   .arg(writer)
                   .arg(reader);
        m_document = QString::fromUtf8(*example);
        text = visibleText(m_document, true);
        if (wire) {
            what += u": "_s + visibleText(wire->why);
            m_hex = QString::fromLatin1(wire->bytes.toHex());
            if (isMisread)
                text += u'\n' + tr("read as %1").arg(visibleText(QString::fromUtf8(wire->readAs), true));
            text += u'\n' + tr("bytes of %1: %2").arg(visibleText(wire->type), m_hex.isEmpty() ? tr("none") : m_hex);
        }
    } else if (breaks) {
        what = tr("No document shows this break; the verdict stands on the rule alone.");
    }
    if (!change.waiver.isEmpty())
        what += (what.isEmpty() ? QString() : u"\n"_s) + visibleText(change.waiver);
    m_what->setText(what);
    m_text->setPlainText(text);
    // As high as the text is, about; a column of a document is narrower than a screen.
    const qsizetype wrapped = text.size() / charactersOfLine + text.count(u'\n') + 1;
    const int lines = static_cast<int>(std::clamp<qsizetype>(wrapped, 1, mostLines));
    m_text->setFixedHeight(lines * m_text->fontMetrics().lineSpacing() + 12);
    m_text->setVisible(!text.isEmpty());
    m_copy->setVisible(!text.isEmpty());
    m_copyHex->setVisible(!m_hex.isEmpty());
    setVisible(!what.isEmpty());
}

void ExamplePane::say(const QString& sentence)
{
    m_what->setText(sentence);
    m_text->hide();
    m_copy->hide();
    m_copyHex->hide();
    setVisible(!sentence.isEmpty());
}

} // namespace spillway::views
