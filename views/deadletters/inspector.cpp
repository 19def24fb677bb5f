// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/deadletters/inspector.h"

#include "model/base/text.h"
#include "views/deadletters/letterwords.h"
#include "views/deadletters/payloadpane.h"
#include "views/deadletters/payloadview.h"
#include "views/widgets/plaintextlabel.h"
#include "views/widgets/tableview.h"

#include <QFormLayout>
#include <QHBoxLayout>
#include <QScrollArea>
#include <QStackedWidget>
#include <QTabBar>
#include <QVBoxLayout>

using namespace Qt::Literals::StringLiterals;

namespace spillway::views {

namespace {

constexpr qsizetype judgedHeaderBytes = 64 * 1024;
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
    // Judged by its beginning where it is long: a cell is painted often.
    return isUtf8(value->size() > judgedHeaderBytes ? head.chopped(4) : *value) ? visibleBytes(head) : u"0x"_s + QString::fromLatin1(head.toHex(' '));
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
    m_payload = new PayloadPane(this);
    connect(m_payload, &PayloadPane::filterAsked, this, &Inspector::filterAsked);
    m_sides->addWidget(m_payload);
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
    if (m_letterId != letter.id) { // its bytes never change, and the reader's place stays
        m_letterId = letter.id;
        m_payload->show(letter.record.value, noPayloadText(letter));
        const std::optional<QString> stack = stackText(letter.record, letter.facts);
        m_stackNote->setText(stack ? tr("Stack") : tr("The letter holds no stack trace"));
        if (stack)
            m_stack->show(stack->toUtf8(), PayloadForm::Raw);
        else
            m_stack->clear();
    }
    std::vector<ShownHeader> headers;
    for (const Header& header : letter.record.headers)
        headers.push_back({static_cast<int>(headers.size()), header});
    m_headers.replace(std::move(headers));
    m_tabs->setTabText(1, tr("Headers %1").arg(letter.record.headers.size()));
    fill(m_errorLines, errorLines(letter));
    fill(m_sourceLines, sourceLines(letter, time, now));
}

void Inspector::clear(const QString& why)
{
    m_letterId.clear();
    m_payload->show(std::nullopt, why);
    m_stack->clear();
    m_headers.replace({});
    m_tabs->setTabText(1, tr("Headers"));
    fill(m_errorLines, {});
    fill(m_sourceLines, {});
    m_stackNote->setText({});
}

void Inspector::showSide(Side side)
{
    m_tabs->setCurrentIndex(static_cast<int>(side));
}

void Inspector::turnForm()
{
    showSide(Side::Payload);
    m_payload->turnForm();
}

void Inspector::startFinding()
{
    showSide(Side::Payload);
    m_payload->startFinding();
}

bool Inspector::isSettled() const
{
    return m_payload->isSettled();
}

} // namespace spillway::views
