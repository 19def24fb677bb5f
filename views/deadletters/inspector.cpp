// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/deadletters/inspector.h"

#include "model/base/text.h"
#include "views/deadletters/letterwords.h"
#include "views/deadletters/payloadview.h"
#include "views/widgets/plaintextlabel.h"
#include "views/widgets/tableview.h"

#include <QFormLayout>
#include <QHBoxLayout>
#include <QScrollArea>
#include <QStackedWidget>
#include <QTabBar>
#include <QToolButton>
#include <QVBoxLayout>

using namespace Qt::Literals::StringLiterals;

namespace spillway::views {

namespace {

constexpr qsizetype shownHeaderBytes = 2'000; // the rest is in the letter, not in a cell

void fill(QFormLayout* form, const std::vector<LabelledText>& lines)
{
    while (form->rowCount() > 0)
        form->removeRow(0);
    for (const LabelledText& line : lines) {
        auto* text = new PlainTextLabel(line.text, form->parentWidget());
        text->setWordWrap(true);
        text->setSelectable(true);
        text->setFocusPolicy(Qt::NoFocus);
        form->addRow(new PlainTextLabel(line.label, TextSize::Body, PlainTextLabel::Ink::Muted, form->parentWidget()),
                     text);
    }
}

QFormLayout* formIn(QWidget* parent)
{
    auto* form = new QFormLayout(parent);
    form->setContentsMargins(8, 8, 8, 8);
    form->setHorizontalSpacing(16);
    form->setVerticalSpacing(8);
    form->setLabelAlignment(Qt::AlignLeft | Qt::AlignTop);
    return form;
}

QString headerText(const std::optional<QByteArray>& value)
{
    if (!value)
        return Inspector::tr("null");
    const QByteArray head = value->left(shownHeaderBytes);
    return isUtf8(*value) ? visibleBytes(head) : u"0x"_s + QString::fromLatin1(head.toHex(' '));
}

} // namespace

Inspector::Inspector(Prompter& prompter, QWidget* parent)
    : QWidget(parent)
    , m_headers(2, [](const ShownHeader& header) { return header.place; })
{
    setObjectName(u"inspector"_s);
    m_tabs = new QTabBar(this);
    m_tabs->setObjectName(u"inspectorTabs"_s);
    m_tabs->setExpanding(false);
    m_tabs->setDrawBase(false);
    for (const QString& name : {tr("Payload"), tr("Headers"), tr("Error"), tr("Source")})
        m_tabs->addTab(name);
    m_sides = new QStackedWidget(this);
    m_sides->addWidget(buildPayload());
    m_sides->addWidget(buildHeaders(prompter));
    m_sides->addWidget(buildError());
    m_sides->addWidget(buildSource());
    connect(m_tabs, &QTabBar::currentChanged, m_sides, &QStackedWidget::setCurrentIndex);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_tabs);
    layout->addWidget(m_sides, 1);
}

QWidget* Inspector::buildPayload()
{
    auto* side = new QWidget(this);
    m_payload = new PayloadView(side);
    m_payload->setObjectName(u"payload"_s);
    m_payloadNote = new PlainTextLabel({}, TextSize::Body, PlainTextLabel::Ink::Muted, side);
    m_payloadNote->setObjectName(u"payloadNote"_s);
    m_payloadNote->setElided(true);
    auto* bar = new QHBoxLayout;
    bar->setContentsMargins(0, 4, 0, 4);
    bar->setSpacing(4);
    const QString names[]{tr("Pretty"), tr("Raw"), tr("Hex")};
    for (int i = 0; i < 3; ++i) {
        m_forms[i] = new QToolButton(side);
        m_forms[i]->setText(names[i]);
        m_forms[i]->setCheckable(true);
        m_forms[i]->setAutoExclusive(true);
        m_forms[i]->setObjectName(u"form%1"_s.arg(i));
        connect(m_forms[i], &QToolButton::clicked, this, [this, i] { setForm(static_cast<PayloadLines::Form>(i)); });
        bar->addWidget(m_forms[i]);
    }
    m_forms[0]->setChecked(true);
    bar->addSpacing(8);
    bar->addWidget(m_payloadNote, 1);
    auto* layout = new QVBoxLayout(side);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addLayout(bar);
    layout->addWidget(m_payload, 1);
    return side;
}

QWidget* Inspector::buildHeaders(Prompter& prompter)
{
    m_headerView = new TableView(u"letter-headers"_s, prompter, this);
    m_headerView->setAccessibleName(tr("Headers, in their order"));
    ColumnSpec name;
    name.column = 0;
    name.title = tr("Header");
    name.width = 190;
    name.isMono = true;
    name.text = [this](const QModelIndex& index) { return visibleBytes(m_headers.at(index).header.name); };
    ColumnSpec value;
    value.column = 1;
    value.title = tr("Value");
    value.width = 180;
    value.stretches = true;
    value.isMono = true;
    value.text = [this](const QModelIndex& index) { return headerText(m_headers.at(index).header.value); };
    m_headerView->show(&m_headers, {name, value});
    return m_headerView;
}

QWidget* Inspector::buildError()
{
    auto* side = new QWidget(this);
    auto* lines = new QWidget(side);
    m_errorLines = formIn(lines);
    m_stackNote = new PlainTextLabel({}, TextSize::Body, PlainTextLabel::Ink::Muted, side);
    m_stackNote->setContentsMargins(8, 4, 8, 4);
    m_stack = new PayloadView(side);
    m_stack->setObjectName(u"stack"_s);
    m_stack->setAccessibleName(tr("Stack trace"));
    auto* layout = new QVBoxLayout(side);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(lines);
    layout->addWidget(m_stackNote);
    layout->addWidget(m_stack, 1);
    return side;
}

QWidget* Inspector::buildSource()
{
    auto* scroll = new QScrollArea(this);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    auto* lines = new QWidget(scroll);
    m_sourceLines = formIn(lines);
    scroll->setWidget(lines);
    return scroll;
}

void Inspector::show(const DeadLetter& letter, const TimeText& time, UtcTime now)
{
    m_letterId = letter.id;
    m_value = letter.record.value;
    showPayload();
    std::vector<ShownHeader> headers;
    for (const Header& header : letter.record.headers)
        headers.push_back({static_cast<int>(headers.size()), header});
    m_headers.replace(std::move(headers));
    m_tabs->setTabText(1, tr("Headers %1").arg(letter.record.headers.size()));
    fill(m_errorLines, errorLines(letter));
    const std::optional<QString> stack = stackText(letter.record, letter.facts);
    m_stackNote->setText(stack ? tr("Stack") : tr("The letter holds no stack trace"));
    if (stack)
        m_stack->show(stack->toUtf8(), PayloadLines::Form::Raw);
    else
        m_stack->clear();
    fill(m_sourceLines, sourceLines(letter, time, now));
}

void Inspector::clear(const QString& why)
{
    m_letterId.clear();
    m_value.reset();
    m_payload->clear();
    m_stack->clear();
    m_headers.replace({});
    m_tabs->setTabText(1, tr("Headers"));
    fill(m_errorLines, {});
    fill(m_sourceLines, {});
    m_stackNote->setText({});
    m_payloadNote->setText(why);
}

void Inspector::showSide(Side side)
{
    m_tabs->setCurrentIndex(static_cast<int>(side));
}

void Inspector::turnForm()
{
    showSide(Side::Payload);
    setForm(static_cast<PayloadLines::Form>((static_cast<int>(m_form) + 1) % 3));
}

void Inspector::setForm(PayloadLines::Form form)
{
    m_form = form;
    m_forms[static_cast<int>(form)]->setChecked(true);
    if (!m_letterId.isEmpty())
        showPayload();
}

void Inspector::showPayload()
{
    if (!m_value) {
        m_payload->clear();
        m_payloadNote->setText(tr("null: the letter has no payload"));
        return;
    }
    m_payload->show(*m_value, m_form);
    QString note = formatSizeBytes(m_value->size());
    if (!isUtf8(*m_value))
        note += u" · "_s + tr("not UTF-8; hex shows the bytes");
    else if (m_form == PayloadLines::Form::Pretty && !looksLikeJson(*m_value))
        note += u" · "_s + tr("no JSON; shown as it is");
    m_payloadNote->setText(note);
}

} // namespace spillway::views
