// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/deadletters/whypanel.h"

#include "model/base/text.h"
#include "views/deadletters/letterwords.h"

#include <QPushButton>
#include <QVBoxLayout>

using namespace Qt::Literals::StringLiterals;

namespace spillway::views {

namespace {

QString partTitle(const QString& name)
{
    if (name == u"fingerprint")
        return WhyPanel::tr("Fingerprint");
    if (name == u"rootCause")
        return WhyPanel::tr("Root cause");
    if (name == u"frame")
        return WhyPanel::tr("Frame");
    if (name == u"message")
        return WhyPanel::tr("Message");
    if (name == u"eventType")
        return WhyPanel::tr("Event type");
    return WhyPanel::tr("Consumer");
}

} // namespace

WhyPanel::WhyPanel(QWidget* parent)
    : QScrollArea(parent)
{
    setObjectName(u"whyPanel"_s);
    setAccessibleName(tr("Why these letters are one group"));
    setFrameShape(QFrame::NoFrame);
    setWidgetResizable(true);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto* content = new QWidget(this);
    m_lines = new QVBoxLayout(content);
    m_lines->setContentsMargins(12, 8, 12, 8);
    m_lines->setSpacing(0);
    m_takeBack = new QPushButton(tr("Take it back…"), content);
    m_takeBack->setObjectName(u"takeBack"_s);
    m_takeBack->hide();
    connect(m_takeBack, &QPushButton::clicked, this, [this] { Q_EMIT takeBackAsked(m_undoable); });
    m_lines->addWidget(m_takeBack, 0, Qt::AlignLeft);
    m_lines->addStretch(1);
    setWidget(content);
}

void WhyPanel::show(const GroupWhy& why)
{
    clear();
    if (why.splitBySeq) {
        add(tr("A person took these letters out of their groups (ledger event %1).").arg(*why.splitBySeq),
            PlainTextLabel::Ink::Text);
        m_undoable += why.id;
    }
    if (!why.parts.empty())
        add(tr("One group, because these are alike (version %1):").arg(why.version), PlainTextLabel::Ink::Text);
    for (const GroupWhy::Part& part : why.parts) {
        add(u"%1 · %2"_s.arg(partTitle(part.name), part.source), PlainTextLabel::Ink::Muted);
        add(part.value.value_or(u"–"_s), PlainTextLabel::Ink::Text);
    }
    if (!why.foldings.empty()) {
        QStringList folded;
        for (const Folding& folding : why.foldings)
            folded += u"%1 → %2"_s.arg(folding.from, folding.placeholder);
        add(tr("Folded: %1").arg(folded.join(u", "_s)), PlainTextLabel::Ink::Muted);
    }
    if (why.rule)
        add(tr("Rule of grouping.yaml: %1").arg(*why.rule), PlainTextLabel::Ink::Text);
    if (why.nowElsewhere)
        add(tr("By the rules of now they would be in %1; spillwayctl dlq regroup moves old letters.")
                .arg(*why.nowElsewhere),
            PlainTextLabel::Ink::Text);
    for (const GroupWhy::Member& member : why.members) {
        if (!member.mergedBySeq)
            continue;
        add(tr("Merged by a person (ledger event %1): %2, %3")
                .arg(QString::number(*member.mergedBySeq), member.title, lettersText(member.letters)),
            PlainTextLabel::Ink::Text);
        m_undoable += member.id;
    }
    if (!why.otherNames.isEmpty())
        add(tr("Also called %1").arg(why.otherNames.join(u", "_s)), PlainTextLabel::Ink::Muted);
    m_takeBack->setVisible(!m_undoable.isEmpty());
}

void WhyPanel::showSentence(const QString& sentence)
{
    clear();
    add(sentence, PlainTextLabel::Ink::Muted);
}

QString WhyPanel::text() const
{
    QStringList lines;
    for (const PlainTextLabel* label : m_labels)
        lines += label->fullText();
    return lines.join(u'\n');
}

void WhyPanel::clear()
{
    qDeleteAll(m_labels);
    m_labels.clear();
    m_undoable.clear();
    m_takeBack->hide();
}

void WhyPanel::add(const QString& text, PlainTextLabel::Ink ink)
{
    auto* label =
        new PlainTextLabel(text, ink == PlainTextLabel::Ink::Muted ? TextSize::Small : TextSize::Body, ink, this);
    label->setWordWrap(true);
    label->setSelectable(true);
    if (ink == PlainTextLabel::Ink::Muted)
        label->setContentsMargins(0, 4, 0, 0); // it belongs to what stands under it
    m_lines->insertWidget(static_cast<int>(m_labels.size()), label);
    m_labels += label;
}

} // namespace spillway::views
